package io.waybill.transfer.file;

import io.waybill.transfer.SourceIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which files of a source are finished, from two looks at it: those that did not change
 * between them, or whose done-file is there. Looks at nothing itself. {@link #counts}, {@link
 * #doneFileOf} and {@link #isSettled} are the rules for one file, for who keeps the looks himself.
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
          "*~",
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
   * @throws IllegalArgumentException if {@code doneFile} has not one <code>{name}</code>, or a
   *     pattern is malformed
   */
  public SettledFiles(Duration settle, String doneFile, List<String> temporary) {
    boolean isOnce =
        doneFile.contains(NAME) && doneFile.indexOf(NAME) == doneFile.lastIndexOf(NAME);
    if (!doneFile.isEmpty() && (!isOnce || doneFile.equals(NAME))) {
      throw new IllegalArgumentException(
          "A done-file's name is made from one {name} and something else, not '" + doneFile + "'");
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
    Duration apart = Duration.between(first.at(), second.at());
    Set<String> doneFiles = new HashSet<>();
    for (String path : now.keySet()) {
      doneFileOf(path).filter(now::containsKey).ifPresent(doneFiles::add);
    }
    List<String> settled = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    now.keySet().stream()
        .sorted()
        .filter(path -> !doneFiles.contains(path))
        .filter(filter::takesFile)
        .forEach(
            path -> {
              boolean isDone =
                  doneFileOf(path).filter(now::containsKey).isPresent()
                      || (!isDoneFile(path)
                          && isSettled(
                              before.get(path), Objects.requireNonNull(now.get(path)), apart));
              (isDone ? settled : waiting).add(path);
            });
    return new Verdict.Usable(List.copyOf(settled), List.copyOf(waiting));
  }

  /** Says whether a file is one to wait for: neither temporary by its name nor a done-file. */
  public boolean counts(String path) {
    return filter.takesFile(path) && !isDoneFile(path);
  }

  /** Returns the path of the file that says that this one is finished; empty if none ever does. */
  public Optional<String> doneFileOf(String path) {
    if (doneFile.isEmpty()) {
      return Optional.empty();
    }
    int slash = path.lastIndexOf('/') + 1;
    return Optional.of(path.substring(0, slash) + doneFile.replace(NAME, path.substring(slash)));
  }

  private boolean isDoneFile(String path) {
    if (doneFile.isEmpty()) {
      return false;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    int at = doneFile.indexOf(NAME);
    String head = doneFile.substring(0, at);
    String tail = doneFile.substring(at + NAME.length());
    return name.length() > head.length() + tail.length()
        && name.startsWith(head)
        && name.endsWith(tail);
  }

  /**
   * Says whether a file has settled by time.
   *
   * @param before what an earlier look found; null if it was not there
   * @param apart how much later the other look was
   */
  public boolean isSettled(@Nullable SourceIdentity before, SourceIdentity now, Duration apart) {
    return now.equals(before) && apart.compareTo(settle) >= 0;
  }
}
