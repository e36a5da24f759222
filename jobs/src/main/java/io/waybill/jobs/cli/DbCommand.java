package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import picocli.CommandLine.Command;

/** {@code waybill db ...}: the care of the store as a whole. */
@Command(
    name = "db",
    description =
        "Looks after the store: copies it while it is in use, checks it, brings a copy back, moves everything to PostgreSQL.",
    subcommands = {
      DbBackupCommand.class,
      DbCheckCommand.class,
      DbRestoreCommand.class,
      DbMoveCommand.class
    })
final class DbCommand extends Verb {
  @Override
  ExitCode execute() {
    throw new JobException.Configuration(
        "say what to do: db backup [FILE|DIR], db check [FILE], db restore FILE, or db move --to URL");
  }
}
