package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;

/**
 * Finds the job files: those given with {@code -c}, else those in {@code $WAYBILL_CONFIG}, else
 * {@code ./waybill.yml}, else {@code waybill/waybill.yml} in the XDG configuration directory.
 */
public final class ConfigDiscovery {
  private static final String VARIABLE = "WAYBILL_CONFIG";
  private static final String FILE = "waybill.yml";

  private ConfigDiscovery() {}

  /**
   * Finds the job files, seen from the directory that this process was started in.
   *
   * @param given with {@code -c}; they are not looked for, so that one that is not there is an
   *     error of its own
   * @param environment {@code WAYBILL_CONFIG} (several are separated as in {@code PATH}), {@code
   *     XDG_CONFIG_HOME}, {@code HOME}
   * @return at least one
   * @throws JobException.Configuration if none was given and none is there
   */
  public static List<Path> discover(List<Path> given, Map<String, String> environment) {
    return discover(given, environment, Path.of(""));
  }

  /** Finds the job files, seen from a directory; otherwise as {@link #discover(List, Map)}. */
  public static List<Path> discover(
      List<Path> given, Map<String, String> environment, Path workingDirectory) {
    List<Path> found = find(given, environment, workingDirectory);
    if (found.isEmpty()) {
      throw new JobException.Configuration(
          "no job file: give one with -c FILE, set $"
              + VARIABLE
              + ", or create "
              + String.join(
                  " or ",
                  places(environment, workingDirectory).stream().map(Path::toString).toList()));
    }
    return found;
  }

  /** Finds the job files for a verb that can do without; empty if there is none. */
  public static List<Path> find(
      List<Path> given, Map<String, String> environment, Path workingDirectory) {
    if (!given.isEmpty()) {
      return List.copyOf(given);
    }
    String variable = environment.getOrDefault(VARIABLE, "");
    if (!variable.isBlank()) {
      return split(variable);
    }
    return places(environment, workingDirectory).stream()
        .filter(Files::exists)
        .findFirst()
        .map(List::of)
        .orElse(List.of());
  }

  private static List<Path> split(String variable) {
    List<Path> files = new ArrayList<>();
    StringTokenizer names = new StringTokenizer(variable, File.pathSeparator);
    while (names.hasMoreTokens()) {
      try {
        files.add(Path.of(names.nextToken()));
      } catch (InvalidPathException e) {
        throw new JobException.Configuration(
            "$" + VARIABLE + " holds no path: " + e.getReason(), e);
      }
    }
    return files;
  }

  private static List<Path> places(Map<String, String> environment, Path workingDirectory) {
    List<Path> places = new ArrayList<>();
    places.add(workingDirectory.resolve(FILE));
    Optional<Path> home = XdgDirectories.of("XDG_CONFIG_HOME", ".config", environment);
    home.ifPresent(directory -> places.add(directory.resolve("waybill").resolve(FILE)));
    return places;
  }
}
