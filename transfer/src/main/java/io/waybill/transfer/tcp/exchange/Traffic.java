package io.waybill.transfer.tcp.exchange;

import java.util.concurrent.atomic.LongAdder;

/** Counts what one call moves, over all its tries. Safe for use by several threads. */
public final class Traffic {
  private final LongAdder sent = new LongAdder();
  private final LongAdder reused = new LongAdder();

  /** A body went over a connection. */
  void sent(long bytes) {
    sent.add(bytes);
  }

  /** A chunk was taken from an old target. */
  void reused(long bytes) {
    reused.add(bytes);
  }

  /** How many bytes travelled, compressed where they were. */
  public long sentBytes() {
    return sent.sum();
  }

  /** How many bytes were taken from an old target. */
  public long reusedBytes() {
    return reused.sum();
  }
}
