package io.waybill.transfer;

import java.time.Duration;
import java.util.Optional;

/**
 * How far one file or tree is.
 *
 * @param file the file, or the tree's directory, as the caller named it
 * @param phase what is being done
 * @param bytes how much is done, what was resumed included; of a tree, that of all its files
 * @param totalBytes the size of the file; of a tree, of all files found so far
 * @param bytesPerSecond on average since bytes began to move; what was there before does not count
 * @param tree the tree's files; empty for a single file
 */
public record TransferProgress(
    String file,
    Phase phase,
    long bytes,
    long totalBytes,
    long bytesPerSecond,
    Optional<Tree> tree) {

  /**
   * How many files of a tree are dealt with; neither number ever falls.
   *
   * @param filesDone copied, found equal, or failed
   * @param filesFound so far; how many there will be is only known at the end
   */
  public record Tree(long filesDone, long filesFound) {}

  /**
   * Returns how long the rest will take at that rate; empty while nobody can say, and for a tree,
   * whose whole is only known at its end.
   */
  public Optional<Duration> timeLeft() {
    return tree.isPresent() || bytesPerSecond <= 0
        ? Optional.empty()
        : Optional.of(
            Duration.ofSeconds((totalBytes - bytes + bytesPerSecond - 1) / bytesPerSecond));
  }

  /** What is being done with a file. */
  public enum Phase {
    /** Bytes travel. */
    TRANSFERRING,
    /** What arrived is compared. */
    VERIFYING,
    /** It is forced to the disk and gets its name. */
    PUBLISHING,
    /** It is there under its name. */
    DONE
  }
}
