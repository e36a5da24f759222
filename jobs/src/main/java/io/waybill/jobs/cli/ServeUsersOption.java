package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.UsersFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
   * @param state as it was given, so that the command which is told makes the user of this server
   * @throws JobException.Configuration if nobody may, or the file cannot be read
   */
  List<String> names(Path file, Optional<Path> state) {
    List<String> names = read(file).stream().map(ServerUser::name).toList();
    if (names.isEmpty()) {
      throw new JobException.Configuration(
          mistakes(file).stream()
              .findFirst()
              .map(first -> "nobody could log in: " + first)
              .orElseGet(
                  () ->
                      "nobody could log in: %s names no user; make one with \"waybill serve user add NAME --key-file NAME.key%s%s\", which makes the key"
                          .formatted(
                              file,
                              users == null ? "" : " --users " + inShell(users),
                              state.map(path -> " --state " + inShell(path)).orElse(""))));
    }
    return names;
  }

  /** Warns of each line that a server does not take. */
  static void warn(Path file, Output output) {
    for (String each : mistakes(file)) {
      output.note("waybill: warning: " + each + "; the line bars its user until it is mended");
    }
  }

  private static List<String> mistakes(Path file) {
    try {
      return new UsersFile(file).mistakes();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static String inShell(Path path) {
    String text = path.toString();
    return text.matches("[A-Za-z0-9_./@:+,=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /**
   * Returns a user who logs in with a key; empty if all have certificates.
   *
   * @throws JobException.Configuration if the file cannot be read
   */
  static Optional<String> oneWithKey(Path file) {
    try {
      return new UsersFile(file).namesWithKey().stream().findFirst();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * Returns the users that a server takes; none if there is no file.
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
