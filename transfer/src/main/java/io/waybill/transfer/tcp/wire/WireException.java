package io.waybill.transfer.tcp.wire;

import java.io.IOException;
import java.time.Duration;

/** A failure with a code of the protocol: found here, or told by the peer in an ERROR frame. */
public final class WireException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final ErrorClass errorClass;
  private final Duration retryAfter;
  private final boolean fromPeer;

  public WireException(ErrorCode code, String message) {
    this(code, code.errorClass(), message, Duration.ZERO, false);
  }

  public WireException(ErrorCode code, String message, Throwable cause) {
    this(code, message);
    initCause(cause);
  }

  public WireException(
      ErrorCode code,
      ErrorClass errorClass,
      String message,
      Duration retryAfter,
      boolean fromPeer) {
    super(message);
    this.code = code;
    this.errorClass = errorClass;
    this.retryAfter = retryAfter;
    this.fromPeer = fromPeer;
  }

  public static WireException violation(String message) {
    return new WireException(ErrorCode.PROTOCOL_VIOLATION, message);
  }

  public static WireException unavailable(String message, Duration retryAfter) {
    return new WireException(
        ErrorCode.UNAVAILABLE, ErrorClass.TRANSIENT, message, retryAfter, false);
  }

  public ErrorCode code() {
    return code;
  }

  public ErrorClass errorClass() {
    return errorClass;
  }

  /** The shortest wait before a retry makes sense; zero when the peer did not say. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** Whether the other end said so, and not this one. */
  public boolean isFromPeer() {
    return fromPeer;
  }
}
