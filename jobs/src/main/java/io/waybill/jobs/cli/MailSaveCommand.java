package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.MailForm;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.inbox.AttachmentFiles;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.MimeLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill mail save MAILBOX [UID...] --dir DIR}: attachments as files. */
@Command(
    name = "save",
    description =
        "Saves what is attached to messages, by names that cannot lead out of the directory; nothing is replaced. Pictures that a message's HTML shows by their Content-ID are left out unless --inline; all others are saved.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class MailSaveCommand extends MailboxVerb {
  private static final String SCHEMA = "waybill.mail-saved/1";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "UID",
      description = "The messages; else those that the options below describe.")
  private List<Long> uids = List.of();

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Where the files go; made if it is missing.")
  private Path directory;

  @Option(names = "--inline", description = "Also pictures that the HTML shows.")
  private boolean inline;

  @Option(names = "--eml", description = "Save the messages themselves instead, as UID.eml.")
  private boolean eml;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      description = "Refuse attachments above this; 150MB if not given.")
  private String maxSize = "150MB";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Of at most so many messages, the oldest; 1000 if not given.")
  private int limit = 1000;

  @Mixin private MailSearchOptions search = new MailSearchOptions();

  private final List<Map<String, Object>> messages = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  @Override
  ExitCode execute() throws Exception {
    long most = CopyOptions.bytes("--max-size", maxSize);
    List<Long> named = MailNumbers.uids(uids);
    int atMost = MailNumbers.limit(limit);
    MailSearch wanted = search.search();
    AttachmentFiles files = SaveDirectory.open("--dir", directory, most);
    MimeLimits limits = MimeLimits.builder().messageBytes(Math.max(2 * most, 150L << 20)).build();
    return read(
        (reader, folder) -> {
          FetchSpec spec = FetchSpec.builder().folder(folder).search(wanted).limit(atMost).build();
          int unused =
              reader.each(
                  folder,
                  named.isEmpty() ? reader.find(spec) : named,
                  limits,
                  mail -> {
                    if (!named.isEmpty() || eml || wanted.matches(mail.mail())) {
                      save(mail, files);
                    }
                  });
          return end(folder, named);
        });
  }

  @Override
  String failureSchema() {
    return SCHEMA;
  }

  @Override
  Map<String, Object> soFar() {
    return Map.of("messages", messages);
  }

  private ExitCode end(String folder, List<Long> named) {
    Set<Long> missing = new LinkedHashSet<>(named);
    messages.forEach(each -> missing.remove(each.get("uid")));
    missing.forEach(
        uid ->
            messages.add(Map.of("uid", uid, "files", List.of(), "why", "it is not in " + folder)));
    output().results(MailForm.SCHEMA, SCHEMA, "messages", messages, human -> {});
    failures.forEach(each -> output().note("waybill: " + Output.printable(each)));
    if (!missing.isEmpty()) {
      throw new JobException.NotFound(
          "%d of %d messages are not in %s".formatted(missing.size(), named.size(), folder));
    }
    return failures.isEmpty() ? ExitCode.OK : ExitCode.PARTIAL;
  }

  private void save(InboundMail mail, AttachmentFiles files) {
    List<String> saved = new ArrayList<>();
    Map<String, Object> form = new LinkedHashMap<>(MailForm.head(mail));
    form.put("files", saved);
    messages.add(form);
    try {
      save(mail, files, path -> saved(path.toString(), saved));
    } catch (MailException.InvalidMessage e) {
      form.put("why", String.valueOf(e.getMessage()));
      failures.add(mail + ": " + e.getMessage());
    } catch (IOException e) {
      MailException why = new MailException.ContentUnavailable(mail.toString(), e);
      form.put("why", String.valueOf(why.getMessage()));
      throw why;
    }
  }

  private void save(InboundMail mail, AttachmentFiles files, Consumer<Path> saved)
      throws IOException {
    if (!eml) {
      files.save(mail.mail(), inline, saved);
      return;
    }
    try (InputStream in = mail.open()) {
      saved.accept(files.save(mail.uid() + ".eml", in));
    }
  }

  // for a person at once: what comes later may fail
  private void saved(String path, List<String> saved) {
    saved.add(path);
    if (output().format() == OutputFormat.HUMAN) {
      output().line(Output.printable(path));
    }
  }
}
