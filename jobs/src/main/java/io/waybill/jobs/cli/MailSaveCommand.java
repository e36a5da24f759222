package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.MailForm;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.AttachmentFiles;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.mime.MimeLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final List<Map<String, Object>> saved = new ArrayList<>();
  private final List<MailException> failures = new ArrayList<>();

  @Override
  ExitCode execute() throws Exception {
    long most = CopyOptions.bytes("--max-size", maxSize);
    Files.createDirectories(directory);
    AttachmentFiles files = AttachmentFiles.in(directory, most);
    MimeLimits limits = MimeLimits.builder().messageBytes(Math.max(2 * most, 150L << 20)).build();
    return read((reader, folder) -> save(reader, folder, files, limits));
  }

  private ExitCode save(
      MailboxReader reader, String folder, AttachmentFiles files, MimeLimits limits) {
    List<Long> wanted =
        uids.isEmpty()
            ? reader.find(
                FetchSpec.builder().folder(folder).search(search.search()).limit(limit).build())
            : uids;
    int there = reader.each(folder, wanted, limits, mail -> save(mail, files));
    output()
        .results(
            MailForm.SCHEMA,
            SCHEMA,
            "messages",
            saved,
            out -> {
              for (Map<String, Object> each : saved) {
                ((List<?>) each.getOrDefault("files", List.of()))
                    .forEach(file -> out.println(Output.printable(file)));
              }
            });
    if (there < uids.size()) {
      throw new JobException.NotFound(
          "%d of %d messages are not in %s".formatted(uids.size() - there, uids.size(), folder));
    }
    if (!failures.isEmpty()) {
      failures.forEach(each -> output().note("waybill: " + each.getMessage()));
      return ExitCode.PARTIAL;
    }
    return ExitCode.OK;
  }

  private void save(InboundMail mail, AttachmentFiles files) {
    boolean isWanted = eml || search.search().matches(mail.mail());
    if (!isWanted && uids.isEmpty()) {
      return;
    }
    try {
      List<Path> paths;
      if (eml) {
        try (InputStream in = mail.open()) {
          paths = List.of(files.save(mail.uid() + ".eml", in));
        }
      } else {
        paths = files.save(mail.mail(), inline);
      }
      Map<String, Object> form = new LinkedHashMap<>(MailForm.head(mail));
      form.put("files", paths.stream().map(Path::toString).toList());
      saved.add(form);
    } catch (MailException.InvalidMessage e) {
      failures.add(new MailException.ContentUnavailable(mail + ": " + e.getMessage(), e));
    } catch (IOException e) {
      throw new MailException.ContentUnavailable(mail.toString(), e);
    }
  }
}
