package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill ledger ...}: what triggers have found, and what became of it. */
@Command(
    name = "ledger",
    description =
        "Shows the files and messages that triggers have found, and what became of each; forgets them, or has them dealt with again. Asks the daemon if one lives, else opens the store.",
    subcommands = {LedgerListCommand.class, LedgerForgetCommand.class, LedgerRequeueCommand.class})
final class LedgerCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration(
        "say what to do: ledger list [JOB], forget JOB ID..., or requeue JOB ID...");
  }
}
