package io.waybill.transfer;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One line of a listing.
 *
 * @param path relative to the listed directory (for a stat: as asked), segments separated by {@code
 *     /}
 * @param kind what it is
 * @param sizeBytes the length of a file, or {@link #UNKNOWN_SIZE}
 * @param modified the modification time, as precise as the endpoint tells it
 */
public record FileEntry(String path, Kind kind, long sizeBytes, Optional<Instant> modified) {
  /** The size of what has none or whose endpoint does not tell it. */
  public static final long UNKNOWN_SIZE = -1;

  /** What an entry is. */
  public enum Kind {
    /** A regular file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link, device, socket or anything else that is not copied. */
    OTHER
  }

  /** Checks that nothing is missing. */
  public FileEntry {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(modified, "modified");
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
