package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill outbox ...}: mail that waits, and what is to become of it. */
@Command(
    name = "outbox",
    description =
        "Shows mail that waits to be sent, was sent, or was given up; and decides about it. Asks the daemon if one lives, else opens the store.",
    subcommands = {
      OutboxListCommand.class,
      OutboxRetryCommand.class,
      OutboxDropCommand.class,
      OutboxResolveCommand.class
    })
final class OutboxCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration(
        "say what to do: outbox list, retry ID, drop ID, or resolve ID --as sent|resend|drop");
  }
}
