package io.waybill.transfer.tcp.wire;

/** What a peer may do about an error, so that codes it does not know still have a meaning. */
public enum ErrorClass {
  /** May pass: the same request can work later. */
  TRANSIENT(1),
  /** Stays: the same request fails again. */
  PERMANENT(2),
  /** Bytes did not arrive as they were sent: they can be sent again. */
  INTEGRITY(3),
  /** Login refused. */
  AUTHENTICATION(4);

  private final int wire;

  ErrorClass(int wire) {
    this.wire = wire;
  }

  public int wire() {
    return wire;
  }

  /** Reads the wire value; one that is not known counts as permanent, which is never retried. */
  public static ErrorClass of(long wire) {
    for (ErrorClass each : values()) {
      if (each.wire == wire) {
        return each;
      }
    }
    return PERMANENT;
  }
}
