package io.waybill.transfer.tcp;

import java.io.IOException;
import java.time.Duration;

/** A failure with a code of the protocol: found here, or told by the peer in an ERROR frame. */
final class WireException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final ErrorClass errorClass;
  private final Duration retryAfter;
  private final boolean fromPeer;

  WireException(ErrorCode code, String message) {
    this(code, code.errorClass(), message, Duration.ZERO, false);
  }

  WireException(ErrorCode code, String message, Throwable cause) {
    this(code, message);
    initCause(cause);
  }

  WireException(
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

  static WireException violation(String message) {
    return new WireException(ErrorCode.PROTOCOL_VIOLATION, message);
  }

  static WireException unavailable(String message, Duration retryAfter) {
    return new WireException(
        ErrorCode.UNAVAILABLE, ErrorClass.TRANSIENT, message, retryAfter, false);
  }

  ErrorCode code() {
    return code;
  }

  ErrorClass errorClass() {
    return errorClass;
  }

  /** The shortest wait before a retry makes sense; zero when the peer did not say. */
  Duration retryAfter() {
    return retryAfter;
  }

  /** Whether the other end said so, and not this one. */
  boolean isFromPeer() {
    return fromPeer;
  }
}
