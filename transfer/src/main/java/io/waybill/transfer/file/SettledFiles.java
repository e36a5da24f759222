package io.waybill.transfer.file;

import io.waybill.transfer.SourceIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Decides which files of a source are finished, from two looks at it: those that did not change
 * between them, or whose done-file is there. Looks at nothing itself.
 */
public final class SettledFiles {
  /** What is being written by its name: of editors, browsers, transfer programs, and ourselves. */
  public static final List<String> TEMPORARY =
      List.of(
          "*.tmp",
          "*.part",
          "*.filepart",
          "*.crdownload",
          "*.swp",
          ".~*",
          "~$*",
          "*.wbpart",
          "*.wbjournal");

  private static final String NAME = "{name}";

  private final Duration settle;
  private final String doneFile;
  private final PathFilter filter;

  /**
   * One look at a listing.
   *
   * @param at when, by our clock
   * @param files what was there, by path
   */
  public record Look(Instant at, Map<String, SourceIdentity> files) {
    /** Copies the files. */
    public Look {
      files = Map.copyOf(files);
    }
  }

  /** What two looks say. */
  public sealed interface Verdict {
    /**
     * The listing can be used.
     *
     * @param settled the files that are finished, sorted; done-files are not among them
     * @param waiting those that may still be written, sorted
     */
    record Usable(List<String> settled, List<String> waiting) implements Verdict {}

    /**
     * There is nothing where there was something: rather an unmounted disk or a lost connection
     * than a source that somebody has emptied.
     *
     * @param before how many files the first look had
     */
    record SuspiciousListing(int before) implements Verdict {}
  }

  /**
   * Decides by time alone.
   *
   * @param settle how far the looks must be apart
   */
  public SettledFiles(Duration settle) {
    this(settle, "", TEMPORARY);
  }

  /**
   * Decides by time or done-file.
   *
   * @param doneFile the name of the file that says that another is finished, such as <code>
   *     {name}.done</code>, in the same directory; empty for none
   * @param temporary patterns of files that never count, see {@link PathFilter}
   * @throws IllegalArgumentException if {@code doneFile} has no <code>{name}</code>, or a pattern
   *     is malformed
   */
  public SettledFiles(Duration settle, String doneFile, List<String> temporary) {
    if (!doneFile.isEmpty() && (!doneFile.contains(NAME) || doneFile.equals(NAME))) {
      throw new IllegalArgumentException(
          "A done-file's name is made from {name} and something else, not '" + doneFile + "'");
    }
    this.settle = settle;
    this.doneFile = doneFile;
    this.filter = PathFilter.of(List.of(), temporary);
  }

  /** Decides; looks that are less than {@code settle} apart settle nothing by time. */
  public Verdict decide(Look first, Look second) {
    Map<String, SourceIdentity> before = first.files();
    Map<String, SourceIdentity> now = second.files();
    if (now.isEmpty() && !before.isEmpty()) {
      return new Verdict.SuspiciousListing(before.size());
    }
    boolean isLongEnough = !second.at().isBefore(first.at().plus(settle));
    Map<String, String> doneFiles = doneFiles(now);
    List<String> settled = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    now.keySet().stream()
        .sorted()
        .filter(path -> !doneFiles.containsValue(path))
        .filter(filter::takesFile)
        .forEach(
            path -> {
              boolean isDone =
                  doneFiles.containsKey(path)
                      || (isLongEnough && Objects.equals(now.get(path), before.get(path)));
              (isDone ? settled : waiting).add(path);
            });
    return new Verdict.Usable(List.copyOf(settled), List.copyOf(waiting));
  }

  /** Returns each file's done-file, of those that have one. */
  private Map<String, String> doneFiles(Map<String, SourceIdentity> files) {
    Map<String, String> found = new HashMap<>();
    if (!doneFile.isEmpty()) {
      for (String path : files.keySet()) {
        int slash = path.lastIndexOf('/') + 1;
        String done = path.substring(0, slash) + doneFile.replace(NAME, path.substring(slash));
        if (files.containsKey(done)) {
          found.put(path, done);
        }
      }
    }
    return found;
  }
}
