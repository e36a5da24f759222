package io.waybill.transfer.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the unfinished files that nobody came back for in the directories that a client writes
 * to, each looked at once; a server has its own sweeps. Safe for use by several threads.
 */
public final class TargetSweep {
  private static final Logger LOG = LoggerFactory.getLogger(TargetSweep.class);
  private static final int MOST_REMEMBERED = 10_000;

  private final InstantSource clock;
  private final Set<Path> seen = new HashSet<>();

  /** Sweeps what is old by the clock. */
  public TargetSweep(InstantSource clock) {
    this.clock = clock;
  }

  /** Opens a directory. */
  private interface Opening {
    DirectoryHandle open() throws IOException;
  }

  /** Sweeps the directory that a file goes to. */
  public void in(Path directory) {
    synchronized (seen) {
      if (seen.size() >= MOST_REMEMBERED) {
        seen.clear();
      }
      if (!seen.add(directory)) {
        return;
      }
    }
    sweep(directory.toString(), () -> DirectoryHandle.open(directory));
  }

  /**
   * Sweeps a directory of a tree.
   *
   * @param path below the root, untrusted; empty for the root
   */
  public void in(Path root, String path) {
    sweep(
        root + "/" + path, // not every name has a path here
        () -> path.isEmpty() ? DirectoryHandle.open(root) : SafePath.openDirectory(root, path));
  }

  private void sweep(String directory, Opening opening) {
    try {
      List<String> deleted = OrphanParts.sweepOne(opening.open(), OrphanParts.USUAL_WAIT, clock);
      if (!deleted.isEmpty()) {
        LOG.info("event=unfinished-swept directory={} deleted={}", directory, deleted.size());
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return; // nothing was ever left there
    } catch (IOException e) {
      LOG.warn("event=sweep-failed directory={} reason=\"{}\"", directory, e.getMessage());
    }
  }
}
