package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.StepType;
import io.waybill.jobs.config.Problem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;

/**
 * The directory whose jars the start script has put on the class path. A JVM passes over a jar that
 * it cannot read, and {@link java.util.ServiceLoader} over one that registers nothing; people would
 * look for what is wrong in their job file.
 */
final class PluginDirectory {
  private static final String PROPERTY = "waybill.plugins";
  private static final String REGISTRATION = "META-INF/services/" + StepType.class.getName();
  private static final String JAR = ".jar";
  private static final String LIBRARIES = "lib";
  private static final String OURS = "README.txt";

  private final Optional<Path> directory;

  private PluginDirectory(Optional<Path> directory) {
    this.directory = directory;
  }

  /** Returns the one that the start script has named, if it has. */
  static PluginDirectory ofThisProcess() {
    return new PluginDirectory(Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of));
  }

  static PluginDirectory at(Path directory) {
    return new PluginDirectory(Optional.of(directory));
  }

  /**
   * Looks at what is in it.
   *
   * @return what brings no kind of step, each a warning
   * @throws JobException.Configuration if a jar cannot be read
   */
  List<Problem> look() {
    List<Problem> doubts = new ArrayList<>();
    for (Path file : files(directory, "")) {
      if (isJar(file)) {
        if (!registers(file)) {
          doubts.add(
              doubt(
                  file,
                  "the jar registers no kind of step, as it has no %s; a library that one needs belongs into %s/ there"
                      .formatted(REGISTRATION, LIBRARIES)));
        }
      } else if (!isKnown(file)) {
        doubts.add(doubt(file, "is no jar, and nothing is read of it; take it away"));
      }
    }
    for (Path library : files(directory.map(each -> each.resolve(LIBRARIES)), JAR)) {
      boolean unused = registers(library);
    }
    return doubts;
  }

  private static List<Path> files(Optional<Path> directory, String ending) {
    List<Path> files = new ArrayList<>();
    if (directory.filter(Files::isDirectory).isEmpty()) {
      return files;
    }
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            directory.get(), file -> !name(file).startsWith(".") && name(file).endsWith(ending))) {
      entries.forEach(files::add);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the directory of plugins %s cannot be read: %s".formatted(directory.get(), e), e);
    }
    files.sort(null);
    return files;
  }

  private static boolean registers(Path jar) {
    try (JarFile opened = new JarFile(jar.toFile())) {
      return opened.getEntry(REGISTRATION) != null;
    } catch (IOException e) {
      throw new JobException.Configuration(
          "%s is no jar that can be read, and what it brings would be missing: %s; put it there again, or take it away"
              .formatted(jar, e.getMessage()),
          e);
    }
  }

  private static boolean isJar(Path file) {
    return name(file).endsWith(JAR) && !Files.isDirectory(file);
  }

  private static boolean isKnown(Path file) {
    return name(file).equals(OURS) || (name(file).equals(LIBRARIES) && Files.isDirectory(file));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static Problem doubt(Path file, String why) {
    return new Problem(
        Problem.Severity.WARNING,
        new Position(file.toString(), 1, 1),
        why,
        Optional.empty(),
        Optional.empty());
  }
}
