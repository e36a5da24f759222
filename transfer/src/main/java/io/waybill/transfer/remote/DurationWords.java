package io.waybill.transfer.remote;

import java.time.Duration;

/** Durations for people. */
final class DurationWords {
  private DurationWords() {}

  /** Returns {@code 90 s} or, where it is no whole number of them, {@code 1500 ms}. */
  static String of(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
