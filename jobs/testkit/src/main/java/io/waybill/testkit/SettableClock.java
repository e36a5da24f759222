package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until it is told to move.
 *
 * <p>Clocks made with {@link #withZone} share the same instant: moving one moves all. Safe for use
 * by several threads.
 */
public final class SettableClock extends Clock {
  private final Hand hand;
  private final ZoneId zone;

  private SettableClock(Hand hand, ZoneId zone) {
    this.hand = hand;
    this.zone = requireNonNull(zone, "zone");
  }

  /** Returns a clock that stands at {@code start}, in UTC. */
  public static SettableClock at(Instant start) {
    return new SettableClock(new Hand(requireNonNull(start, "start")), ZoneOffset.UTC);
  }

  /**
   * Returns a clock that stands at {@code start}, in UTC.
   *
   * @throws java.time.format.DateTimeParseException unless it is an ISO-8601 instant, such as
   *     {@code 2026-03-29T01:00:00Z}
   */
  public static SettableClock at(String start) {
    return at(Instant.parse(start));
  }

  /** Sets the clock, forwards or (as a wall clock that is corrected) backwards. */
  public void set(Instant instant) {
    synchronized (hand) {
      hand.now = requireNonNull(instant, "instant");
    }
  }

  /** Moves the clock by {@code step}, which may be negative, and returns the new instant. */
  public Instant advance(Duration step) {
    synchronized (hand) {
      hand.now = hand.now.plus(step);
      return hand.now;
    }
  }

  @Override
  public Instant instant() {
    synchronized (hand) {
      return hand.now;
    }
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public SettableClock withZone(ZoneId other) {
    return new SettableClock(hand, other);
  }

  @Override
  public String toString() {
    return "SettableClock[" + instant() + "," + zone + "]";
  }

  /** What the clocks of all zones share. */
  private static final class Hand {
    private Instant now;

    private Hand(Instant now) {
      this.now = now;
    }
  }
}
