package io.waybill.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Decides what becomes of firings that could not happen in time: down, suspended, or too busy. */
public sealed interface MissedPolicy {

  /** How late a missed firing may still be made unless said otherwise: 6 hours. */
  Duration DEFAULT_MAX_LATE = Duration.ofHours(6);

  /** Lets missed firings go. */
  record Skip() implements MissedPolicy {}

  /** Makes the latest missed firing up, unless it is older than {@code maxLate}. */
  record RunOnce(Duration maxLate) implements MissedPolicy {
    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if not positive
     */
    public RunOnce {
      requirePositive(maxLate);
    }
  }

  /** Makes the latest {@code atMost} missed firings up, oldest first, none older than maxLate. */
  record RunAll(int atMost, Duration maxLate) implements MissedPolicy {
    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if {@code atMost < 1} or {@code maxLate} is not positive
     */
    public RunAll {
      if (atMost < 1) {
        throw new IllegalArgumentException("at-most is at least 1, was " + atMost);
      }
      requirePositive(maxLate);
    }
  }

  /**
   * What was decided about one missed firing.
   *
   * @param reason one sentence for the history
   */
  record Decision(Instant scheduledAt, boolean runs, String reason) {}

  /** Returns the policy that lets missed firings go. */
  static MissedPolicy skip() {
    return new Skip();
  }

  /** Returns the default policy: the latest one is made up if it is at most 6 hours late. */
  static MissedPolicy runOnce() {
    return new RunOnce(DEFAULT_MAX_LATE);
  }

  /** Returns the policy that makes the latest one up if it is at most {@code maxLate} late. */
  static MissedPolicy runOnce(Duration maxLate) {
    return new RunOnce(maxLate);
  }

  /** Returns the policy that makes up to {@code atMost} firings up, none later than maxLate. */
  static MissedPolicy runAll(int atMost, Duration maxLate) {
    return new RunAll(atMost, maxLate);
  }

  /**
   * Decides about each missed firing.
   *
   * @param missed when they were due, oldest first
   * @param now the moment of the decision
   * @return one decision for each, in the same order
   */
  default List<Decision> decide(List<Instant> missed, Instant now) {
    return decide(missed, now, false);
  }

  /**
   * As {@link #decide(List, Instant)}.
   *
   * @param isFollowed whether a newer firing is in time, and happens whatever is decided here
   */
  default List<Decision> decide(List<Instant> missed, Instant now, boolean isFollowed) {
    List<Decision> decisions = new ArrayList<>(missed.size());
    for (int i = 0; i < missed.size(); i++) {
      int newer = missed.size() - 1 - i;
      Instant due = missed.get(i);
      Duration late = Duration.between(due, now);
      decisions.add(
          isFollowed && this instanceof RunOnce
              ? new Decision(
                  due,
                  false,
                  missed(late) + "run-once makes up only the latest firing, and that is in time")
              : decideOne(due, late, newer));
    }
    return List.copyOf(decisions);
  }

  /**
   * Decides about a firing that was due when its schedule went: it does not happen, whatever the
   * policy is.
   *
   * @param onTime how late it may be before it counts as missed
   * @param changed the job as it is now; without schedules if that was taken away
   */
  static Decision left(Instant due, Instant now, Duration onTime, ScheduledJob changed) {
    Duration late = Duration.between(due, now);
    return new Decision(
        due,
        false,
        "%s by %ds; its schedule was %s before it was fired"
            .formatted(
                late.compareTo(onTime) > 0 ? "missed" : "late",
                late.toSeconds(),
                changed.schedules().isEmpty() ? "taken away" : "changed"));
  }

  private static String missed(Duration late) {
    return "missed by " + late.toSeconds() + "s; ";
  }

  private Decision decideOne(Instant due, Duration late, int newer) {
    String missed = missed(late);
    if (this instanceof RunOnce once) {
      if (newer > 0) {
        return new Decision(due, false, missed + "run-once makes up only the latest firing");
      }
      return withinLimit(due, late, once.maxLate(), missed + "run-once ");
    }
    if (this instanceof RunAll all) {
      if (newer >= all.atMost()) {
        return new Decision(
            due,
            false,
            missed
                + "run-all makes up at most "
                + all.atMost()
                + (all.atMost() == 1 ? " firing" : " firings"));
      }
      return withinLimit(due, late, all.maxLate(), missed + "run-all ");
    }
    return new Decision(due, false, missed + "the policy is skip");
  }

  private static Decision withinLimit(
      Instant due, Duration late, Duration maxLate, String beginning) {
    return late.compareTo(maxLate) > 0
        ? new Decision(due, false, beginning + "gives up after " + maxLate.toSeconds() + "s")
        : new Decision(due, true, beginning + "makes it up now");
  }

  private static void requirePositive(Duration maxLate) {
    if (maxLate.isNegative() || maxLate.isZero()) {
      throw new IllegalArgumentException("max-late is positive, was " + maxLate);
    }
  }
}
