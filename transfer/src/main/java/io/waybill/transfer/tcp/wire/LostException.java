package io.waybill.transfer.tcp.wire;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The connection is gone or took too long: a matter of the network, not of a file. */
public final class LostException extends IOException {
  private static final long serialVersionUID = 1L;

  private final @Nullable Duration waited;

  public LostException(String message) {
    super(message);
    this.waited = null;
  }

  public LostException(String message, IOException cause) {
    this(message, null, cause);
  }

  /** A wait for the peer that was in vain. */
  public static LostException waited(String what, Duration allowed) {
    return new LostException(
        what + " took longer than the " + allowed.toMillis() + " ms allowed", allowed, null);
  }

  private LostException(String message, @Nullable Duration waited, @Nullable IOException cause) {
    super(message, cause);
    this.waited = waited;
  }

  /** Says what really happened to a call that failed: too long a wait, or what it says itself. */
  public static LostException of(IOException failure, Watchdog.@Nullable Wait expired) {
    if (expired == null) {
      String message = failure.getMessage();
      return new LostException(
          message == null ? "the connection was closed" : message, null, failure);
    }
    return new LostException(
        expired.what() + " took longer than the " + expired.allowed().toMillis() + " ms allowed",
        expired.allowed(),
        failure);
  }

  /** How long was waited in vain; null if the connection broke. */
  public @Nullable Duration waited() {
    return waited;
  }
}
