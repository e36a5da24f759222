package io.waybill.transfer.tcp.wire;

import static io.waybill.transfer.tcp.wire.ErrorClass.AUTHENTICATION;
import static io.waybill.transfer.tcp.wire.ErrorClass.INTEGRITY;
import static io.waybill.transfer.tcp.wire.ErrorClass.PERMANENT;
import static io.waybill.transfer.tcp.wire.ErrorClass.TRANSIENT;

/** The error codes of PROTOCOL.md, section "Errors". */
public enum ErrorCode {
  PROTOCOL_VIOLATION(1, PERMANENT),
  UNSUPPORTED(2, PERMANENT),
  LIMIT_EXCEEDED(3, PERMANENT),
  DAMAGED_FRAME(4, INTEGRITY),
  LOGIN_REFUSED(5, AUTHENTICATION),
  UNAVAILABLE(6, TRANSIENT),
  TIMEOUT(7, TRANSIENT),
  INTERNAL(8, PERMANENT),
  NOT_FOUND(16, PERMANENT),
  EXISTS(17, PERMANENT),
  WRONG_KIND(18, PERMANENT),
  PATH_REFUSED(19, PERMANENT),
  ACCESS_DENIED(20, PERMANENT),
  STORAGE(21, PERMANENT),
  BUSY(22, TRANSIENT),
  SOURCE_CHANGED(23, PERMANENT),
  CHUNK_REFUSED(24, INTEGRITY),
  DIGEST_MISMATCH(25, INTEGRITY),
  NOT_EMPTY(26, PERMANENT),
  QUOTA_EXCEEDED(27, PERMANENT),
  /** A code of a later version; its class on the wire says what to do. */
  UNKNOWN(0, PERMANENT);

  private final int wire;
  private final ErrorClass errorClass;

  ErrorCode(int wire, ErrorClass errorClass) {
    this.wire = wire;
    this.errorClass = errorClass;
  }

  public int wire() {
    return wire;
  }

  public ErrorClass errorClass() {
    return errorClass;
  }

  /** Whether the session is over with it; else only the transfer is. */
  public boolean endsSession() {
    return wire < 16 && this != UNAVAILABLE;
  }

  public static ErrorCode of(long wire) {
    for (ErrorCode each : values()) {
      if (each.wire == wire) {
        return each;
      }
    }
    return UNKNOWN;
  }
}
