package io.waybill.transfer.file;

/**
 * How fast bytes move, on average since they began to; what was there by then does not count. For
 * one thread.
 */
public final class AverageRate {
  private static final double NANOS_A_SECOND = 1e9;

  private final long beganAt;
  private final long bytesThen;

  /** Begins with what is there. */
  public AverageRate(long nanos, long bytes) {
    this.beganAt = nanos;
    this.bytesThen = bytes;
  }

  /** Returns the rate up to now, in bytes a second; 0 at the beginning. */
  public long bytesPerSecond(long nanos, long bytes) {
    long took = nanos - beganAt;
    return took <= 0 ? 0 : Math.round(Math.max(0, bytes - bytesThen) * NANOS_A_SECOND / took);
  }
}
