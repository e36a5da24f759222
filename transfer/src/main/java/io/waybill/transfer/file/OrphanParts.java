package io.waybill.transfer.file;

import io.waybill.transfer.chunk.ChunkLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes part files and journals that nobody came back for: whose last change is long ago and that
 * no process holds. A loose one, which nobody can resume, goes as soon as no process holds it.
 * Files that merely end like ours are left alone.
 */
public final class OrphanParts {
  /** How long an unfinished file waits for somebody to come back, unless something else is said. */
  public static final Duration USUAL_WAIT = Duration.ofDays(7);

  // far more than a group takes; a writer that was stopped for longer notices what was done to it
  private static final Duration LOOSE_WAIT = Duration.ofMinutes(15);

  private OrphanParts() {}

  /**
   * What a sweep did.
   *
   * @param deleted what it deleted, relative to the root
   * @param unreadable what it could not look at or delete
   */
  public record Swept(List<String> deleted, List<TreeEntry.Unreadable> unreadable) {}

  /**
   * Which are left.
   *
   * @param old those that nobody changed since
   * @param loose those loose ones that were made before
   */
  private record Limits(Instant old, Instant loose) {
    static Limits of(Duration olderThan, InstantSource clock) {
      Instant now = clock.instant();
      return new Limits(now.minus(olderThan), now.minus(LOOSE_WAIT));
    }
  }

  /**
   * Sweeps a tree, never through a link.
   *
   * @param root closed at the end
   * @param olderThan how long ago the last change of both part and journal must be
   */
  public static Swept sweep(DirectoryHandle root, Duration olderThan, InstantSource clock)
      throws IOException {
    Limits limits = Limits.of(olderThan, clock);
    List<String> deleted = new ArrayList<>();
    List<TreeEntry.Unreadable> unreadable = new ArrayList<>();
    try (TreeWalker walker = TreeWalker.withParts(root)) {
      for (TreeEntry entry = walker.next(); entry != null; entry = walker.next()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("the sweep was stopped");
        }
        if (entry instanceof TreeEntry.Unreadable problem) {
          unreadable.add(problem);
        } else if (entry instanceof TreeEntry.RegularFile || entry instanceof TreeEntry.Directory) {
          try {
            considerUnlessBusy(walker.parent(), entry.path(), limits, deleted);
          } catch (IOException e) {
            boolean isDirectory = entry instanceof TreeEntry.Directory;
            unreadable.add(new TreeEntry.Unreadable(entry.path(), isDirectory, e));
          }
        }
      }
    }
    return new Swept(List.copyOf(deleted), List.copyOf(unreadable));
  }

  /**
   * Sweeps one directory, not those in it.
   *
   * @param directory closed at the end
   * @return what was deleted
   */
  public static List<String> sweepOne(
      DirectoryHandle directory, Duration olderThan, InstantSource clock) throws IOException {
    Limits limits = Limits.of(olderThan, clock);
    List<String> deleted = new ArrayList<>();
    try (directory) {
      DirectoryHandle.Names names = directory.eachName();
      for (String name = names.next(); name != null; name = names.next()) {
        considerUnlessBusy(directory, name, limits, deleted);
      }
    }
    return deleted;
  }

  private static void considerUnlessBusy(
      DirectoryHandle directory, String path, Limits limits, List<String> deleted)
      throws IOException {
    try {
      consider(directory, path, limits, deleted);
    } catch (PartFileBusyException e) {
      return; // somebody is still at it
    }
  }

  private static void consider(
      DirectoryHandle directory, String path, Limits limits, List<String> deleted)
      throws IOException {
    int slash = path.lastIndexOf('/') + 1;
    Optional<PartName> name = PartName.parse(path.substring(slash));
    if (name.isEmpty()) {
      return;
    }
    if (isOldLoose(name.get(), limits) && deletedDirectory(directory, name.get(), path, deleted)) {
      return;
    }
    List<String> both = there(directory, List.of(name.get().part(), name.get().journal()));
    if (!isLeft(directory, name.get(), both, limits)) {
      return;
    }
    // looked at again under the lock: somebody may have gone on with it in between. To lock makes
    // the journal that is not there, so that it is deleted in any case
    boolean madeJournal = !both.contains(name.get().journal());
    try (PartJournal held = PartJournal.lock(directory, name.get(), ChunkLayout.of(0))) {
      if (isLeft(directory, name.get(), both, limits)) {
        for (String each : both) {
          directory.deleteIfExists(each);
          deleted.add(path.substring(0, slash) + each);
        }
        held.delete();
      } else if (madeJournal) {
        held.delete();
      }
    }
  }

  // whether it is a directory, one that was on its way to its place, see
  // DirectoryHandle.childOrMake
  private static boolean deletedDirectory(
      DirectoryHandle directory, PartName name, String path, List<String> deleted)
      throws IOException {
    if (directory.attributes(name.part()).filter(BasicFileAttributes::isDirectory).isEmpty()) {
      return false;
    }
    try {
      directory.deleteDirectory(name.part());
      deleted.add(path);
    } catch (DirectoryNotEmptyException e) {
      return true; // somebody's own, whatever its name
    }
    return true;
  }

  private static boolean isLeft(
      DirectoryHandle directory, PartName name, List<String> files, Limits limits)
      throws IOException {
    // the time of a loose one is its source's, and says nothing
    return name.looseSince().isPresent()
        ? isOldLoose(name, limits) && areChangedBefore(directory, files, Instant.MAX)
        : areChangedBefore(directory, files, limits.old());
  }

  private static boolean isOldLoose(PartName name, Limits limits) {
    return name.looseSince().filter(limits.loose()::isAfter).isPresent();
  }

  private static List<String> there(DirectoryHandle directory, List<String> names)
      throws IOException {
    List<String> there = new ArrayList<>();
    for (String each : names) {
      if (directory.attributes(each).isPresent()) {
        there.add(each);
      }
    }
    return there;
  }

  // all of them files, and one at least
  private static boolean areChangedBefore(
      DirectoryHandle directory, List<String> names, Instant limit) throws IOException {
    for (String each : names) {
      Optional<BasicFileAttributes> found = directory.attributes(each);
      if (found.isEmpty()
          || !found.get().isRegularFile()
          || !found.get().lastModifiedTime().toInstant().isBefore(limit)) {
        return false;
      }
    }
    return !names.isEmpty();
  }
}
