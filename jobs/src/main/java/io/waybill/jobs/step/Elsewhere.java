package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a file at a server would be moved onto itself, as a server may have several
 * names and ports: a directory that is made beside the target is looked for beside the source.
 */
final class Elsewhere {
  private final @Nullable FileTransfer source;
  private final @Nullable FileTransfer target;
  private final Set<String> apart = new HashSet<>();

  /** Prepares; a side without a session is this machine. */
  Elsewhere(@Nullable FileTransfer source, @Nullable FileTransfer target) {
    this.source = source;
    this.target = target;
  }

  /**
   * Checks one file. Over HTTP an equal file of the same size and time is taken for the same; where
   * no directory may be made at the target nobody can tell, and nothing is said.
   *
   * @throws JobException.Configuration if both are the same file
   */
  void require(Place from, Place to) {
    String file = SidecarFinder.path(from);
    String copy = SidecarFinder.path(to);
    if (source == null || !SidecarFinder.last(file).equalsIgnoreCase(SidecarFinder.last(copy))) {
      return;
    }
    if (to instanceof Place.Remote remote && remote.connection() instanceof Connection.Web) {
      requireOther(from, to);
      return;
    }
    String here = SidecarFinder.parent(file);
    String there = SidecarFinder.parent(copy);
    if (apart.contains(here + '\0' + there)) {
      return;
    }
    String mark = ".waybill-" + UUID.randomUUID();
    boolean isSame =
        target == null
            ? isSeenHere(Path.of(there.isEmpty() ? "." : there), mark, source, here)
            : isSeen(target, there, mark, source, here);
    if (isSame) {
      throw new JobException.Configuration(
          "%s and %s are the same file by two names: nothing of it was moved".formatted(from, to));
    }
    apart.add(here + '\0' + there);
  }

  private void requireOther(Place from, Place to) {
    Optional<FileEntry> there = Objects.requireNonNull(target, "a server").stat(to.path());
    if (there.isPresent() && there.get().modified().isPresent()) {
      FileEntry own = Objects.requireNonNull(source, "a server").stat(from.path()).orElseThrow();
      if (own.sizeBytes() == there.get().sizeBytes()
          && own.modified().equals(there.get().modified())) {
        throw new JobException.Configuration(
            "%s and %s have the same size and time and may be one file: nothing of it was moved; delete the one that is not needed, if they are two"
                .formatted(from, to));
      }
    }
  }

  private static boolean isSeenHere(Path directory, String mark, FileTransfer source, String here) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    Path made = directory.resolve(mark);
    try {
      Files.createDirectory(made);
      try {
        return isThere(source, here, mark);
      } finally {
        Files.delete(made);
      }
    } catch (IOException e) {
      throw TransferException.LocalFile.failed(
          directory,
          "Cannot make a directory in %s for a moment: %s"
              .formatted(directory, LocalFailures.why(e)),
          e);
    }
  }

  private static boolean isSeen(
      FileTransfer target, String there, String mark, FileTransfer source, String here) {
    if (!there.isEmpty() && !there.equals("/") && target.stat(there).isEmpty()) {
      return false;
    }
    String made = SidecarFinder.join(there, mark);
    try {
      target.mkdir(made);
    } catch (TransferException.Refused e) {
      return false;
    }
    try {
      return isThere(source, here, mark);
    } finally {
      target.removeDirectory(made);
    }
  }

  private static boolean isThere(FileTransfer source, String here, String mark) {
    return source.stat(SidecarFinder.join(here, mark)).isPresent();
  }
}
