package io.waybill.jobs.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds a person's directories as the XDG Base Directory Specification 0.8 says. */
public final class XdgDirectories {
  private XdgDirectories() {}

  /**
   * Finds a directory.
   *
   * @param variable that names it; one that is not absolute is to be ignored
   * @param underHome where it is otherwise
   * @return empty if neither the variable nor {@code HOME} says where
   */
  public static Optional<Path> of(
      String variable, String underHome, Map<String, String> environment) {
    return absolute(environment.get(variable))
        .or(() -> absolute(environment.get("HOME")).map(home -> home.resolve(underHome)));
  }

  private static Optional<Path> absolute(@Nullable String text) {
    return Optional.ofNullable(text)
        .filter(value -> !value.isBlank())
        .map(Path::of)
        .filter(Path::isAbsolute);
  }
}
