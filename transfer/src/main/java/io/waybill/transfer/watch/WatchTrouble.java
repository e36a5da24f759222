package io.waybill.transfer.watch;

import java.util.Objects;
import java.util.Optional;

/**
 * Something that keeps a watch from seeing all there is.
 *
 * @param path what it is about, below the watched directory; empty for the directory itself
 * @param message what is wrong and what becomes of it, for a person
 * @param cause what was thrown, if anything was
 */
public record WatchTrouble(Kind kind, String path, String message, Optional<Exception> cause) {

  /** Checks that nothing is missing. */
  public WatchTrouble {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(cause, "cause");
  }

  static WatchTrouble of(Kind kind, String path, String message) {
    return new WatchTrouble(kind, path, message, Optional.empty());
  }

  static WatchTrouble of(Kind kind, String path, String message, Exception cause) {
    return new WatchTrouble(kind, path, message, Optional.of(cause));
  }

  /** What kind of trouble it is. */
  public enum Kind {
    /** The directory is not there. What was in it is remembered. */
    MISSING,
    /** The directory, or one in it, cannot be listed. What was in it is remembered. */
    UNREADABLE,
    /** Files are gone in a way that looks like an unmounted disk. They are remembered for now. */
    SUSPICIOUS,
    /** A file has a name, or a server tells so little of it, that it cannot be taken. */
    UNUSABLE,
    /** A link, a device or a socket: it is left out. */
    LEFT_OUT,
    /** There are more files than are remembered. */
    TOO_MANY,
    /** The system sends no events; files are found at the next interval. */
    NO_EVENTS
  }
}
