package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.MailForm;
import io.waybill.mail.MailException;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.mime.MimeLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill mail read MAILBOX UID}: one message. */
@Command(
    name = "read",
    description = "Shows one message: what it says, what is attached, and what is wrong with it.")
final class MailReadCommand extends MailboxVerb {
  @Parameters(
      index = "1",
      paramLabel = "UID",
      description = "The message, as \"mail ls\" shows it.")
  private long uid;

  @Option(names = "--raw", description = "The bytes as they lie in the mailbox.")
  private boolean raw;

  @Option(names = "--html", description = "The HTML instead of the text.")
  private boolean html;

  @Override
  ExitCode execute() throws Exception {
    long unused = MailNumbers.uid(uid);
    return read(this::show);
  }

  private ExitCode show(MailboxReader reader, String folder) {
    int shown = reader.each(folder, List.of(uid), MimeLimits.defaults(), this::show);
    if (shown == 0) {
      throw new JobException.NotFound(
          "there is no message %d in %s: \"waybill mail ls\" shows them".formatted(uid, folder));
    }
    return ExitCode.OK;
  }

  private void show(InboundMail mail) {
    if (raw) {
      try (InputStream in = mail.open()) {
        in.transferTo(cli().out());
        cli().out().flush();
      } catch (IOException e) {
        throw new MailException.ContentUnavailable(mail.toString(), e);
      }
      return;
    }
    output()
        .result(
            MailForm.SCHEMA,
            MailForm.whole(mail),
            out -> new MailPrinter(out, html).print(mail.mail()));
  }
}
