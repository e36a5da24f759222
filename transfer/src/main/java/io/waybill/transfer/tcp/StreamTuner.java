package io.waybill.transfer.tcp;

import java.time.Duration;

/**
 * Finds out how many streams carry a file fastest, by trying: 1, 2, 4, 8. Pure; whoever measures
 * calls {@link #look}. Safe for use by several threads.
 *
 * <p>Once all streams that are wanted have joined they get ten round trips to come up to speed;
 * then the rate of the next six, or of a second, is compared with that of the number of streams
 * before. A gain of more than 10 % lets the next number be tried; less means one step back, and
 * rest.
 *
 * <p>Worked: 20 MB/s with one, 39 with two (gain 95 %), 61 with four (56 %), 65 with eight (7 %):
 * back to four, for the rest of the file.
 */
final class StreamTuner {
  /** Below that a single stream fills the line, and more only cost processor time. */
  static final Duration LEAST_ROUND_TRIP = Duration.ofMillis(2);

  static final int MOST_STREAMS = 8;
  private static final double LEAST_GAIN = 1.1;

  // TCP begins with some 14 KiB and doubles that with each round trip
  private static final int TRIPS_TO_SPEED = 10;
  private static final int TRIPS_TO_MEASURE = 6;
  private static final Duration LEAST_TO_SPEED = Duration.ofMillis(200);
  private static final Duration LEAST_TO_MEASURE = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(3);

  private final long speedNanos;
  private final long measureNanos;

  private int most;
  private int streams;
  private boolean isSettled;
  private boolean isMeasuring;
  private long since;
  private long bytesThen;
  private double rateBefore;

  private StreamTuner(Duration roundTrip, int most, int streams, boolean isSettled) {
    this.speedNanos = within(roundTrip.multipliedBy(TRIPS_TO_SPEED), LEAST_TO_SPEED);
    this.measureNanos = within(roundTrip.multipliedBy(TRIPS_TO_MEASURE), LEAST_TO_MEASURE);
    this.most = most;
    this.streams = Math.max(1, Math.min(most, streams));
    this.isSettled = isSettled || most <= 1;
  }

  private static long within(Duration time, Duration least) {
    return Math.max(least.toNanos(), Math.min(MOST.toNanos(), time.toNanos()));
  }

  /**
   * Begins with what was best the last time.
   *
   * @param learned that number, 1 if nothing is known
   * @param allowed how many streams the server allows
   */
  static StreamTuner climbing(Duration roundTrip, int learned, int allowed) {
    int most = roundTrip.compareTo(LEAST_ROUND_TRIP) < 0 ? 1 : Math.min(allowed, MOST_STREAMS);
    return new StreamTuner(roundTrip, most, learned, false);
  }

  /** Keeps to a number, if the server allows that many. */
  static StreamTuner fixed(int streams, int allowed) {
    return new StreamTuner(Duration.ZERO, Math.max(1, Math.min(streams, allowed)), streams, true);
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

  /** The streams there are begin to come up to speed. */
  synchronized void start(long nanos) {
    since = nanos;
    isMeasuring = false;
  }

  /**
   * Compares, if it is time to.
   *
   * @param bytes how many were moved in all
   * @param joined how many streams there are
   * @return how many streams to use from now on
   */
  synchronized int look(long nanos, long bytes, int joined) {
    long took = nanos - since;
    if (isSettled) {
      return streams;
    }
    if (joined < streams) {
      start(nanos);
    } else if (!isMeasuring && took >= speedNanos) {
      isMeasuring = true;
      since = nanos;
      bytesThen = bytes;
    } else if (isMeasuring && took >= measureNanos) {
      compare((double) (bytes - bytesThen) / took);
      start(nanos);
    }
    return streams;
  }

  private void compare(double rate) {
    if (rateBefore > 0 && rate <= rateBefore * LEAST_GAIN) {
      streams = Math.max(1, (streams + 1) / 2);
      isSettled = true;
    } else if (streams >= most) {
      isSettled = true;
    } else {
      rateBefore = rate;
      streams = Math.min(most, 2 * streams);
    }
  }

  /** There cannot be more than that: the server refused another, or the line loses them. */
  synchronized void limit(int reachable) {
    most = Math.max(1, Math.min(most, reachable));
    streams = Math.min(streams, most);
    isSettled = true;
  }
}
