package io.waybill.jobs.cli;

import io.waybill.transfer.tcp.server.ServerUser;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill serve user list}. */
@Command(name = "list", description = "Lists those who may log in, and what each of them may do.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeUserListCommand extends Verb {
  @Mixin private ServeUsersOption users;

  @Override
  ExitCode execute() throws Exception {
    Path file = users.file(stateDirectory());
    List<ServerUser> all = ServeUsersOption.read(file);
    ServeUsersOption.warn(file, output());
    output()
        .results(
            UserForm.SCHEMA,
            "waybill.users/1",
            "users",
            all.stream().map(UserForm::of).toList(),
            out -> UserForm.print(all, out));
    return ExitCode.OK;
  }
}
