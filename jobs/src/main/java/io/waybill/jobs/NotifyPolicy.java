package io.waybill.jobs;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Who hears of what a job does, each by the names of alert channels; an empty list is nobody. Runs
 * that somebody has started by hand are told to nobody. Immutable.
 *
 * @param failure of runs that failed
 * @param recovery of the first success after that was told
 * @param overdue of a run that has not succeeded by its due time
 * @param quiet of a source from which nothing comes; nobody said means those of {@code overdue}
 * @param anomaly of a run that is unlike the ones before
 */
public record NotifyPolicy(
    FailureRule failure,
    List<String> recovery,
    List<String> overdue,
    List<String> quiet,
    List<String> anomaly) {
  /** Nobody hears of anything. */
  public static final NotifyPolicy NOBODY =
      new NotifyPolicy(FailureRule.NOBODY, List.of(), List.of(), List.of(), List.of());

  public NotifyPolicy {
    Objects.requireNonNull(failure, "failure");
    recovery = List.copyOf(recovery);
    overdue = List.copyOf(overdue);
    quiet = List.copyOf(quiet);
    anomaly = List.copyOf(anomaly);
  }

  /**
   * When failures are told.
   *
   * @param to who hears of them
   * @param after from which failure on, at least 1
   * @param within the time in which so many count; without one they are those without a success
   *     between them
   * @param repeatEvery after which it is told again while it goes on; never if it is empty
   */
  public record FailureRule(
      List<String> to, int after, Optional<Duration> within, Optional<Duration> repeatEvery) {
    /** Nobody hears of them. */
    public static final FailureRule NOBODY =
        new FailureRule(List.of(), 1, Optional.empty(), Optional.empty());

    public FailureRule {
      to = List.copyOf(to);
      if (after < 1) {
        throw new IllegalArgumentException("after: " + after);
      }
      Objects.requireNonNull(within, "within");
      Objects.requireNonNull(repeatEvery, "repeatEvery");
    }
  }
}
