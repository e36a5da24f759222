package io.waybill.transfer.file;

import io.waybill.transfer.chunk.ChunkLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes part files and journals that nobody came back for: whose last change is long ago and that
 * no process holds. Files that merely end like ours are left alone.
 */
public final class OrphanParts {
  /** How long an unfinished file waits for somebody to come back, unless something else is said. */
  public static final Duration USUAL_WAIT = Duration.ofDays(7);

  private OrphanParts() {}

  /**
   * What a sweep did.
   *
   * @param deleted what it deleted, relative to the root
   * @param unreadable what it could not look at or delete
   */
  public record Swept(List<String> deleted, List<TreeEntry.Unreadable> unreadable) {}

  /**
   * Sweeps a tree, never through a link.
   *
   * @param root closed at the end
   * @param olderThan how long ago the last change of both part and journal must be
   */
  public static Swept sweep(DirectoryHandle root, Duration olderThan, InstantSource clock)
      throws IOException {
    Instant limit = clock.instant().minus(olderThan);
    List<String> deleted = new ArrayList<>();
    List<TreeEntry.Unreadable> unreadable = new ArrayList<>();
    try (TreeWalker walker = TreeWalker.withParts(root)) {
      for (TreeEntry entry = walker.next(); entry != null; entry = walker.next()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("the sweep was stopped");
        }
        if (entry instanceof TreeEntry.Unreadable problem) {
          unreadable.add(problem);
        } else if (entry instanceof TreeEntry.RegularFile file) {
          try {
            considerUnlessBusy(walker.parent(), file.path(), limit, deleted);
          } catch (IOException e) {
            unreadable.add(new TreeEntry.Unreadable(file.path(), e));
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
    Instant limit = clock.instant().minus(olderThan);
    List<String> deleted = new ArrayList<>();
    try (directory) {
      DirectoryHandle.Names names = directory.eachName();
      for (String name = names.next(); name != null; name = names.next()) {
        considerUnlessBusy(directory, name, limit, deleted);
      }
    }
    return deleted;
  }

  private static void considerUnlessBusy(
      DirectoryHandle directory, String path, Instant limit, List<String> deleted)
      throws IOException {
    try {
      consider(directory, path, limit, deleted);
    } catch (PartFileBusyException e) {
      return; // somebody is still at it
    }
  }

  private static void consider(
      DirectoryHandle directory, String path, Instant limit, List<String> deleted)
      throws IOException {
    int slash = path.lastIndexOf('/') + 1;
    Optional<PartName> name = PartName.parse(path.substring(slash));
    if (name.isEmpty()) {
      return;
    }
    List<String> both = there(directory, List.of(name.get().part(), name.get().journal()));
    if (!isOld(directory, both, limit)) {
      return;
    }
    // looked at again under the lock: somebody may have gone on with it in between. To lock makes
    // the journal that is not there, so that it is deleted in any case
    boolean madeJournal = !both.contains(name.get().journal());
    try (PartJournal held = PartJournal.lock(directory, name.get(), ChunkLayout.of(0))) {
      if (isOld(directory, both, limit)) {
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

  private static boolean isOld(DirectoryHandle directory, List<String> names, Instant limit)
      throws IOException {
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
