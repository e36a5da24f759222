package io.waybill.transfer;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line of a listing.
 *
 * @param path relative to the listed directory (for a stat: as asked), segments separated by {@code
 *     /}
 * @param kind what it is
 * @param sizeBytes the length of a file, or {@link #UNKNOWN_SIZE}
 * @param modified the modification time, as precise as the endpoint tells it
 * @param mode the permission bits, 0 to 0777; empty where the endpoint does not tell them
 */
public record FileEntry(
    String path, Kind kind, long sizeBytes, Optional<Instant> modified, OptionalInt mode) {
  /** The size of what has none or whose endpoint does not tell it. */
  public static final long UNKNOWN_SIZE = -1;

  /** What an entry is. */
  public enum Kind {
    /** A regular file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link; not followed, and not copied. */
    LINK,
    /** A device, socket or anything else that is not copied. */
    OTHER
  }

  /** Makes an entry without permission bits. */
  public FileEntry(String path, Kind kind, long sizeBytes, Optional<Instant> modified) {
    this(path, kind, sizeBytes, modified, OptionalInt.empty());
  }

  /**
   * Checks that nothing is missing.
   *
   * @throws IllegalArgumentException if the size is below {@link #UNKNOWN_SIZE}, or the mode has
   *     other bits than those of 0777
   */
  public FileEntry {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(modified, "modified");
    if ((mode.orElse(0) & ~0777) != 0) {
      throw new IllegalArgumentException(
          "Not permission bits: 0" + Integer.toOctalString(mode.getAsInt()));
    }
    if (sizeBytes < UNKNOWN_SIZE) {
      throw new IllegalArgumentException("sizeBytes is negative: " + sizeBytes);
    }
  }

  /** Says whether this is a regular file. */
  public boolean isFile() {
    return kind == Kind.FILE;
  }

  /** Says whether this is a directory. */
  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }
}
