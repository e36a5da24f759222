package io.waybill.transfer.sync;

import io.waybill.transfer.FileEntry;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a {@link FileEntry} says, in as little memory as a tree of a million files asks for: time
 * and mode are numbers until somebody wants to see them.
 */
public final class ListedEntry {
  private static final int UNKNOWN = -1;

  private final String path;
  private final FileEntry.Kind kind;
  private final long sizeBytes;
  private final long seconds;
  private final int nanos;
  private final short mode;

  private ListedEntry(FileEntry entry) {
    this.path = entry.path();
    this.kind = entry.kind();
    this.sizeBytes = entry.sizeBytes();
    this.seconds = entry.modified().map(Instant::getEpochSecond).orElse(0L);
    this.nanos = entry.modified().map(Instant::getNano).orElse(UNKNOWN);
    this.mode = (short) entry.mode().orElse(UNKNOWN);
  }

  /** Takes over an entry. */
  public static ListedEntry of(FileEntry entry) {
    return new ListedEntry(entry);
  }

  /** Returns the path relative to the side's base, segments separated by {@code /}. */
  public String path() {
    return path;
  }

  /** Returns what it is. */
  public FileEntry.Kind kind() {
    return kind;
  }

  /** Returns the length of a file, or {@link FileEntry#UNKNOWN_SIZE}. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Returns the modification time; empty where the side does not tell it. */
  public Optional<Instant> modified() {
    return nanos == UNKNOWN ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds, nanos));
  }

  /** Returns the permission bits, 0 to 0777; empty where the side does not tell them. */
  public OptionalInt mode() {
    return mode == UNKNOWN ? OptionalInt.empty() : OptionalInt.of(mode);
  }

  /** Says whether this is a regular file. */
  public boolean isFile() {
    return kind == FileEntry.Kind.FILE;
  }

  /** Says whether this is a directory. */
  public boolean isDirectory() {
    return kind == FileEntry.Kind.DIRECTORY;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ListedEntry that
        && path.equals(that.path)
        && kind == that.kind
        && sizeBytes == that.sizeBytes
        && seconds == that.seconds
        && nanos == that.nanos
        && mode == that.mode;
  }

  @Override
  public int hashCode() {
    return Objects.hash(path, kind, sizeBytes, seconds, nanos, mode);
  }

  @Override
  public String toString() {
    return "ListedEntry[%s %s size=%d modified=%s]".formatted(kind, path, sizeBytes, modified());
  }
}
