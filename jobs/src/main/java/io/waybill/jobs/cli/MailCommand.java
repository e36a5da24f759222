package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill mail ...}: mail servers and mailboxes. */
@Command(
    name = "mail",
    description = "Reads mailboxes, and looks at mail servers.",
    subcommands = {
      MailCheckCommand.class,
      MailListCommand.class,
      MailReadCommand.class,
      MailSaveCommand.class,
      MailWatchCommand.class,
      MailMoveCommand.class,
      MailParseCommand.class
    })
final class MailCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration(
        "say what to do: mail ls, read, save, watch or move a MAILBOX, mail parse FILE, or mail check SERVER");
  }
}
