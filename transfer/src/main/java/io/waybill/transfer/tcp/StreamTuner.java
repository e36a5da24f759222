package io.waybill.transfer.tcp;

import java.time.Duration;

/**
 * Finds out how many streams carry a file fastest, by trying: 1, 2, 4, 8. Pure; whoever measures
 * calls {@link #look}. Safe for use by several threads.
 *
 * <p>Every two seconds the rate is compared with that of the number of streams before. A gain of
 * more than 10 % lets the next number be tried; less means one step back, and rest.
 *
 * <p>Worked: 20 MB/s with one, 39 with two (gain 95 %), 61 with four (56 %), 65 with eight (7 %):
 * back to four, for the rest of the file.
 */
final class StreamTuner {
  /** Below that a single stream fills the line, and more only cost processor time. */
  static final Duration LEAST_ROUND_TRIP = Duration.ofMillis(2);

  static final int MOST_STREAMS = 8;
  private static final long INTERVAL_NANOS = Duration.ofSeconds(2).toNanos();
  private static final double LEAST_GAIN = 1.1;

  private int most;
  private int streams;
  private boolean isSettled;
  private long since;
  private long bytesThen;
  private double rateBefore;

  private StreamTuner(int most, int streams, boolean isSettled) {
    this.most = most;
    this.streams = Math.max(1, Math.min(most, streams));
    this.isSettled = isSettled || most <= 1;
  }

  /**
   * Begins with what was best the last time.
   *
   * @param learned that number, 1 if nothing is known
   * @param allowed how many streams the server allows
   */
  static StreamTuner climbing(Duration roundTrip, int learned, int allowed) {
    int most = roundTrip.compareTo(LEAST_ROUND_TRIP) < 0 ? 1 : Math.min(allowed, MOST_STREAMS);
    return new StreamTuner(most, learned, false);
  }

  /** Keeps to a number, if the server allows that many. */
  static StreamTuner fixed(int streams, int allowed) {
    return new StreamTuner(Math.max(1, Math.min(streams, allowed)), streams, true);
  }

  /** How many streams to use now. */
  synchronized int streams() {
    return streams;
  }

  /** Whether there never will be more than one. */
  synchronized boolean isSingle() {
    return most <= 1;
  }

  synchronized boolean isSettled() {
    return isSettled;
  }

  /** Begins to measure. */
  synchronized void start(long nanos, long bytes) {
    since = nanos;
    bytesThen = bytes;
  }

  /**
   * Compares, if it is time to.
   *
   * @param bytes how many were moved in all
   * @return how many streams to use from now on
   */
  synchronized int look(long nanos, long bytes) {
    long took = nanos - since;
    if (isSettled || took < INTERVAL_NANOS) {
      return streams;
    }
    double rate = (double) (bytes - bytesThen) / took;
    start(nanos, bytes);
    if (rateBefore > 0 && rate <= rateBefore * LEAST_GAIN) {
      streams = Math.max(1, (streams + 1) / 2);
      isSettled = true;
    } else if (streams >= most) {
      isSettled = true;
    } else {
      rateBefore = rate;
      streams = Math.min(most, 2 * streams);
    }
    return streams;
  }

  /** There cannot be more than that: the server refused another, or the line loses them. */
  synchronized void limit(int reachable) {
    most = Math.max(1, Math.min(most, reachable));
    streams = Math.min(streams, most);
    isSettled = true;
  }
}
