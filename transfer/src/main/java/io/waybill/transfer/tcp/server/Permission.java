package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.wire.FrameType;
import java.util.Locale;
import java.util.Optional;

/** What a user may do below its root. */
public enum Permission {
  /** Download files. */
  READ,
  /** See names, sizes and times. */
  LIST,
  /** Upload files and make directories; whether an upload may replace a file is its policy's. */
  WRITE,
  /** Delete and rename. */
  DELETE;

  /** The permission that a request needs; empty for a frame that begins nothing. */
  static Optional<Permission> required(FrameType request) {
    return switch (request) {
      case OPEN, FETCH -> Optional.of(READ);
      case LIST, STAT -> Optional.of(LIST);
      case OFFER, BATCH, MKDIR, QUERY -> Optional.of(WRITE);
      case DELETE, RENAME -> Optional.of(DELETE);
      case HELLO,
          AUTH,
          ERROR,
          KEEPALIVE,
          TICKETS,
          HAVE,
          CHUNK,
          CHUNK_ACK,
          COMMIT,
          COMMITTED,
          ABORT,
          PULL,
          BASE,
          ENTRIES,
          DONE,
          NEXT,
          BATCH_ACK,
          NEED ->
          Optional.empty();
    };
  }

  /** Returns the name as it is written in a users file. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a name as it is written in a users file.
   *
   * @throws IllegalArgumentException if there is none such
   */
  public static Permission parse(String label) {
    for (Permission each : values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "There is no permission '" + label + "'; there are read, list, write and delete");
  }
}
