package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.transfer.tcp.server.UsersFile;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code waybill serve user remove NAME}. */
@Command(
    name = "remove",
    description =
        "Takes a user out of the users file. A server that runs lets that user in no more; what is open goes on.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class ServeUserRemoveCommand extends Verb {
  @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
  private String name;

  @Mixin private ServeUsersOption users;

  @Override
  ExitCode execute() throws Exception {
    Path file = users.file(stateDirectory());
    if (!Files.exists(file) || !new UsersFile(file).remove(name)) {
      throw new JobException.NotFound("there is no user " + name + " in " + file);
    }
    output().note("waybill: " + name + " can no longer log in");
    return ExitCode.OK;
  }
}
