package io.waybill.jobs.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the job files that were named, one by one or by their directory. */
final class JobFileDirectory {
  private static final int MOST_FILES = 1_000;
  private static final String PATTERN = "*.{yml,yaml}";

  private final Problems problems;

  JobFileDirectory(Problems problems) {
    this.problems = problems;
  }

  /**
   * Returns the files, each once however often it was named. A directory in which there is nothing
   * to read is reported and stands for itself.
   */
  List<Path> files(List<Path> named) {
    Map<Path, Path> files = new LinkedHashMap<>();
    for (Path each : named) {
      for (Path file : Files.isDirectory(each) ? inside(each) : List.of(each)) {
        files.putIfAbsent(file.toAbsolutePath().normalize(), file);
      }
    }
    return List.copyOf(files.values());
  }

  // names that begin with a dot are unfinished, or a ConfigMap's own
  private List<Path> inside(Path directory) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, PATTERN)) {
      for (Path entry : entries) {
        boolean isHidden = entry.getFileName().toString().startsWith(".");
        if (!isHidden && Files.isRegularFile(entry)) {
          files.add(entry);
        }
        if (files.size() > MOST_FILES) {
          problems.unreadable(directory.toString(), "holds more than " + MOST_FILES + " job files");
          return List.of();
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      problems.unreadable(directory.toString(), "cannot be read: " + e.getMessage());
      return List.of();
    }
    if (files.isEmpty()) {
      problems.unreadable(
          directory.toString(), "is a directory without a job file; *.yml and *.yaml are read");
    }
    files.sort(null);
    return files;
  }
}
