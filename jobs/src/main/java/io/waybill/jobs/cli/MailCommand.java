package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill mail ...}: mail servers and mailboxes. */
@Command(
    name = "mail",
    description = "Looks at mail servers.",
    subcommands = {MailCheckCommand.class})
final class MailCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration("say what to do: mail check SERVER");
  }
}
