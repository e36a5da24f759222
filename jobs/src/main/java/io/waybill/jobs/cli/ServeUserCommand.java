package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill serve user ...}: who may log in at this machine's server. */
@Command(
    name = "user",
    description = "Makes, lists and removes those who may log in at this machine's server.",
    subcommands = {
      ServeUserAddCommand.class,
      ServeUserListCommand.class,
      ServeUserRemoveCommand.class
    })
final class ServeUserCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration(
        "say what to do: serve user add NAME, list, or remove NAME");
  }
}
