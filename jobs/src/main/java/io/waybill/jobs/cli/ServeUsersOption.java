package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.UsersFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which users file a server has. */
final class ServeUsersOption {
  @Option(
      names = "--users",
      paramLabel = "FILE",
      description = "The users file; else serve/users in the state directory.")
  private @Nullable Path users;

  Path file(StateDirectory state) {
    return users != null ? users : state.serve().resolve("users");
  }

  UsersFile users(Path file) {
    return new UsersFile(file);
  }

  /**
   * Returns who may log in.
   *
   * @throws JobException.Configuration if nobody may, or the file cannot be read
   */
  static List<String> names(Path file) {
    List<String> names;
    try {
      names = new UsersFile(file).names();
    } catch (IOException e) {
      throw unusable(e);
    }
    if (names.isEmpty()) {
      read(file); // says what is wrong with its lines, if that is why
      throw new JobException.Configuration(
          "nobody could log in: %s names no user; make one with \"waybill serve user add NAME --key-file NAME.key\", which makes the key"
              .formatted(file));
    }
    return names;
  }

  /**
   * Returns the users; none if there is no file.
   *
   * @throws JobException.Configuration if it cannot be read
   */
  static List<ServerUser> read(Path file) {
    try {
      return new UsersFile(file).list();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static JobException unusable(IOException e) {
    return new JobException.Configuration("the users file cannot be used: " + e.getMessage(), e);
  }
}
