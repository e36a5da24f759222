package io.waybill.jobs.alert;

import java.time.Duration;

/** How long a channel is left alone that could not be told. */
final class DeliveryBackOff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** How long an alert is tried. */
  static final Duration GIVE_UP = Duration.ofHours(24);

  private DeliveryBackOff() {}

  /** Returns the time after this attempt, counted from 1: 10s, 20s, 40s, ... 10m, 10m. */
  static Duration after(int attempts) {
    Duration grown = FIRST.multipliedBy(1L << Math.min(Math.max(attempts, 1) - 1, 10));
    return grown.compareTo(LONGEST) < 0 ? grown : LONGEST;
  }
}
