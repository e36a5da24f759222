package io.waybill.scheduler;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

/**
 * How much is remembered of the runs of a job. An unfinished run, the latest success, and what has
 * ended within {@link #FRESH} always are.
 *
 * @param runs how many finished runs are kept at most, 1 to 1,000,000
 * @param age how long one is kept after its end at most, from one day to 100 years
 * @param keep which of them
 */
public record HistoryPolicy(int runs, Duration age, Keep keep) {
  /** How many runs at most a job can keep. */
  public static final int MOST_RUNS = 1_000_000;

  /** How many days at most a job can keep a run. */
  public static final int MOST_DAYS = 36_500;

  /** How many uneventful runs stay where only failures are kept: enough to compare with. */
  public static final int UNEVENTFUL = 20;

  /**
   * How long a run stays after its end whatever the bounds say. After a crash its firing may come
   * back, and must find the row that says that it is done.
   */
  public static final Duration FRESH = Duration.ofHours(1);

  /** 200 runs and 90 days. */
  public static final HistoryPolicy DEFAULT = new HistoryPolicy(200, Duration.ofDays(90), Keep.ALL);

  /** Says which finished runs are worth keeping. */
  public enum Keep {
    /** All. */
    ALL,
    /** Those that failed; of those that succeeded or were skipped the newest {@code 20} each. */
    FAILURES
  }

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public HistoryPolicy {
    Objects.requireNonNull(keep, "keep");
    if (runs < 1 || runs > MOST_RUNS) {
      throw new IllegalArgumentException("runs is from 1 to " + MOST_RUNS + ", and not " + runs);
    }
    if (age.compareTo(Duration.ofDays(1)) < 0 || age.compareTo(Duration.ofDays(MOST_DAYS)) > 0) {
      throw new IllegalArgumentException("age is from 1 to " + MOST_DAYS + " days, and not " + age);
    }
  }

  /**
   * Returns a policy that keeps whatever any of these keeps, and no less than {@link #DEFAULT}: for
   * runs of which nobody says any more how long they are wanted.
   */
  public static HistoryPolicy widest(Collection<HistoryPolicy> policies) {
    int runs = DEFAULT.runs;
    Duration age = DEFAULT.age;
    for (HistoryPolicy policy : policies) {
      runs = Math.max(runs, policy.runs);
      age = policy.age.compareTo(age) > 0 ? policy.age : age;
    }
    return new HistoryPolicy(runs, age, Keep.ALL);
  }
}
