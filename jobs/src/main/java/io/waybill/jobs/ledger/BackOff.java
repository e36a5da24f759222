package io.waybill.jobs.ledger;

import java.time.Duration;

/**
 * How long an item is left alone that a run has failed with, whose own retries are over by then: a
 * minute, and twice as long each time; at most an hour.
 */
final class BackOff {
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  private BackOff() {}

  /** Returns the time after this failure, counted from 1: 1m, 2m, 4m, ... 32m, 1h, 1h. */
  static Duration after(int failures) {
    Duration grown = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
    return grown.compareTo(LONGEST) < 0 ? grown : LONGEST;
  }
}
