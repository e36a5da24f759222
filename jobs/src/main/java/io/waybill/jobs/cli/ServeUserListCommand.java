package io.waybill.jobs.cli;

import io.waybill.transfer.tcp.server.UsersFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code waybill serve user list}. */
@Command(name = "list", description = "Lists those who may log in.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeUserListCommand extends Verb {
  @Mixin private ServeUsersOption users;

  @Override
  ExitCode execute() throws Exception {
    Path file = users.file(stateDirectory());
    List<Map<String, Object>> all =
        Files.exists(file)
            ? new UsersFile(file)
                .names().stream().map(name -> Map.<String, Object>of("name", name)).toList()
            : List.of();
    output()
        .results(
            "waybill.user/1",
            "waybill.users/1",
            "users",
            all,
            out -> all.forEach(user -> out.println(user.get("name"))));
    return ExitCode.OK;
  }
}
