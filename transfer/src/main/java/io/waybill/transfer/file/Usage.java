package io.waybill.transfer.file;

import java.io.IOException;

/**
 * How much of a quota is used below a root: counted once, then kept along. Safe for use by several
 * threads.
 */
public final class Usage {
  private final long limitBytes;
  private long usedBytes;
  private long reservedBytes;

  /**
   * Starts with a known usage.
   *
   * @param limitBytes the quota; 0 or more
   * @param usedBytes what is there already, which may be above the limit
   * @throws IllegalArgumentException if one is negative
   */
  public Usage(long limitBytes, long usedBytes) {
    this.limitBytes = requireNotNegative(limitBytes);
    this.usedBytes = requireNotNegative(usedBytes);
  }

  /**
   * Counts the regular files below a root, our own part files included, links not followed.
   *
   * @param root closed at the end
   * @throws IOException if a directory cannot be read: the sum would be too low
   */
  public static Usage count(DirectoryHandle root, long limitBytes) throws IOException {
    long bytes = 0;
    try (TreeWalker walker = TreeWalker.withParts(root)) {
      for (TreeEntry entry = walker.next(); entry != null; entry = walker.next()) {
        if (entry instanceof TreeEntry.Unreadable unreadable) {
          throw unreadable.cause();
        }
        if (entry instanceof TreeEntry.RegularFile file) {
          bytes = Math.addExact(bytes, file.identity().sizeBytes());
        }
      }
    }
    return new Usage(limitBytes, bytes);
  }

  /**
   * Sets room aside for a file that is going to come.
   *
   * @return false if there is not that much room; nothing is then set aside
   * @throws IllegalArgumentException if the number is negative
   */
  public synchronized boolean reserve(long bytes) {
    if (requireNotNegative(bytes) > freeBytes()) {
      return false;
    }
    reservedBytes += bytes;
    return true;
  }

  /**
   * Gives back room that was set aside, after the file was published or given up.
   *
   * @throws IllegalStateException if less is set aside
   */
  public synchronized void release(long bytes) {
    if (requireNotNegative(bytes) > reservedBytes) {
      throw new IllegalStateException(
          "Only %d bytes are reserved, not %d".formatted(reservedBytes, bytes));
    }
    reservedBytes -= bytes;
  }

  /**
   * Turns a reservation into use, at once.
   *
   * @param reserved what was set aside for the file
   * @param delta how much more is used than before: the new file's size less the replaced one's
   * @throws IllegalStateException if less is set aside
   */
  public synchronized void published(long reserved, long delta) {
    release(reserved);
    // another program may have changed the tree: the count is never below nothing
    usedBytes = Math.max(0, usedBytes + delta);
  }

  /** Notes that files of that many bytes are gone. */
  public synchronized void deleted(long bytes) {
    usedBytes = Math.max(0, usedBytes - requireNotNegative(bytes));
  }

  /** Returns what is used, reservations not counted. */
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** Returns what can still be reserved; never below 0. */
  public synchronized long freeBytes() {
    return Math.max(0, limitBytes - usedBytes - reservedBytes);
  }

  private static long requireNotNegative(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("A number of bytes is negative: " + bytes);
    }
    return bytes;
  }
}
