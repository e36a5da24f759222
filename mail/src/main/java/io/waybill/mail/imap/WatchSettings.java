package io.waybill.mail.imap;

import java.time.Duration;

/**
 * How a mailbox is watched.
 *
 * @param idle after how long at most an IDLE is ended and begun anew, which proves that the
 *     connection still is one; up to 5 minutes
 * @param poll after how long at most the folder is looked at all the same, whatever IDLE said
 * @param pollWithoutIdle the same where the server has no IDLE
 * @param answer how long the server may take to answer when an IDLE is ended
 * @param firstPause after how long at most a connection that failed is tried again; each further
 *     time after at most twice as long
 * @param longestPause the longest of these
 */
public record WatchSettings(
    Duration idle,
    Duration poll,
    Duration pollWithoutIdle,
    Duration answer,
    Duration firstPause,
    Duration longestPause) {
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(5);

  /** Checks that they are positive and IDLE is not too long. */
  public WatchSettings {
    for (Duration each :
        new Duration[] {idle, poll, pollWithoutIdle, answer, firstPause, longestPause}) {
      if (each.isNegative() || each.isZero()) {
        throw new IllegalArgumentException("each time is longer than none");
      }
    }
    if (idle.compareTo(LONGEST_IDLE) > 0) {
      throw new IllegalArgumentException("an IDLE lasts at most 5 minutes");
    }
  }

  /** Returns 4 minutes of IDLE, a poll each 10 minutes, without IDLE each minute. */
  public static WatchSettings defaults() {
    return new WatchSettings(
        Duration.ofMinutes(4),
        Duration.ofMinutes(10),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofMinutes(5));
  }

  /** Returns the same with another length of IDLE, and as long for the answer that ends it. */
  public WatchSettings withIdle(Duration length, Duration answerWithin) {
    return new WatchSettings(length, poll, pollWithoutIdle, answerWithin, firstPause, longestPause);
  }

  /** Returns the same with other times between polls. */
  public WatchSettings withPoll(Duration beside, Duration without) {
    return new WatchSettings(idle, beside, without, answer, firstPause, longestPause);
  }

  /** Returns the same with other pauses after failures. */
  public WatchSettings withPauses(Duration first, Duration longest) {
    return new WatchSettings(idle, poll, pollWithoutIdle, answer, first, longest);
  }
}
