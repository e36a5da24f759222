package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.MailForm;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailFolder;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code waybill mail ls MAILBOX}: what is in a mailbox. */
@Command(
    name = "ls",
    description =
        "Lists the newest messages of a folder, oldest first, as far as the server can tell which match. Nothing is marked as read.")
final class MailListCommand extends MailboxVerb {
  @Mixin private MailSearchOptions search = new MailSearchOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, the newest; 50 if not given.")
  private @Nullable Integer limit;

  @Option(names = "--folders", description = "List the folders instead.")
  private boolean folders;

  @Override
  ExitCode execute() throws Exception {
    MailSearch wanted = search.search();
    if (folders) {
      if (limit != null || !search.isEmpty()) {
        throw new JobException.Configuration(
            "--folders lists all folders: --limit and what describes messages are not for it");
      }
      return read((reader, folder) -> folders(reader));
    }
    int most = MailNumbers.limit(limit == null ? 50 : limit);
    return read((reader, folder) -> list(reader, folder, wanted, most));
  }

  private ExitCode list(MailboxReader reader, String folder, MailSearch wanted, int most) {
    List<Map<String, Object>> forms = new ArrayList<>();
    FetchSpec spec = FetchSpec.builder().folder(folder).search(wanted).limit(most).build();
    for (InboundMail mail : reader.heads(spec)) {
      try (mail) {
        forms.add(MailForm.head(mail));
      }
    }
    output()
        .results(
            MailForm.SCHEMA,
            MailForm.LIST_SCHEMA,
            "messages",
            forms,
            out -> forms.forEach(form -> print(form, out)));
    return ExitCode.OK;
  }

  private ExitCode folders(MailboxReader reader) {
    List<Map<String, Object>> forms = new ArrayList<>();
    for (MailFolder folder : reader.folders()) {
      Map<String, Object> form = new LinkedHashMap<>();
      form.put("name", folder.name());
      form.put("can-hold-mail", folder.canHoldMail());
      folder.use().ifPresent(use -> form.put("use", use.name().toLowerCase(Locale.ROOT)));
      forms.add(form);
    }
    output()
        .results(
            "waybill.mail-folder/1",
            "waybill.mail-folders/1",
            "folders",
            forms,
            out ->
                forms.forEach(
                    form ->
                        out.printf(
                            "%-8s %s%n",
                            form.getOrDefault("use", ""), Output.printable(form.get("name")))));
    return ExitCode.OK;
  }
}
