package io.waybill.jobs.alert;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is remembered of a job's failures, so that each is told as its rule wants it. Immutable.
 *
 * @param phase what those who hear of it think
 * @param failures what counts until it is told
 * @param since when the trouble began that was told
 * @param toldAt when they heard of it last
 * @param changes when what they think has changed lately; in a flapping phase the last change alone
 */
record FailureState(
    Phase phase,
    Failures failures,
    Optional<Instant> since,
    Optional<Instant> toldAt,
    List<Instant> changes) {
  static final FailureState WELL =
      new FailureState(Phase.WELL, Failures.NONE, Optional.empty(), Optional.empty(), List.of());

  FailureState {
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(failures, "failures");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(toldAt, "toldAt");
    changes = List.copyOf(changes);
  }

  /** What those who hear of a job think. */
  enum Phase {
    WELL,
    /** It fails: they were told. */
    FAILING,
    /** It changes all the time, and is well just now. */
    FLAPPING_WELL,
    /** It changes all the time, and fails just now. */
    FLAPPING_FAILING;

    boolean isFlapping() {
      return this == FLAPPING_WELL || this == FLAPPING_FAILING;
    }

    boolean isFailing() {
      return this == FAILING || this == FLAPPING_FAILING;
    }
  }

  /**
   * Failures that count.
   *
   * @param count how many, since the last success
   * @param recent when the latest were, as many as the rule asks for
   * @param lastRun the run that failed last; empty if none has
   */
  record Failures(int count, List<Instant> recent, String lastRun) {
    static final Failures NONE = new Failures(0, List.of(), "");

    Failures {
      recent = List.copyOf(recent);
      Objects.requireNonNull(lastRun, "lastRun");
    }
  }

  /** Returns whether somebody was told of a trouble that is not over. */
  boolean isOpen() {
    return phase != Phase.WELL;
  }

  FailureState with(Failures others) {
    return new FailureState(phase, others, since, toldAt, changes);
  }

  FailureState with(Phase other, Instant told, List<Instant> changed) {
    return new FailureState(
        other,
        failures,
        other == Phase.WELL
            ? Optional.empty()
            : since.or(
                () -> Optional.of(failures.recent().isEmpty() ? told : failures.recent().get(0))),
        Optional.of(told),
        changed);
  }
}
