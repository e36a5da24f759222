package io.waybill.jobs.alert;

import io.waybill.jobs.alert.DailyDeadlines.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Says whether a job that must succeed in time has, and whether something came from a source. */
final class SilenceRules {
  /** How long a trouble that was told is left until it is looked whether it is over. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private SilenceRules() {}

  /** What is known of a job's runs. */
  @FunctionalInterface
  interface Successes {
    /** Returns when the first success ended of a run that began at this moment or later. */
    Optional<Instant> firstSince(Instant begun) throws SQLException;
  }

  /**
   * What follows.
   *
   * @param missed what is told
   * @param isOver whether it is told that something came at last
   * @param nextLook when it is to be looked at again; empty if never
   */
  record Step(Silence state, Optional<Missed> missed, boolean isOver, Optional<Instant> nextLook) {}

  /**
   * Something that did not happen in time.
   *
   * @param by when it was to happen
   * @param late when it happened, if it did
   */
  record Missed(Instant by, Optional<Instant> late) {}

  /**
   * Looks at a job that is due at a time of day: at the latest of the deadlines that have passed
   * since it was looked at.
   */
  static Step daily(Silence state, DailyDeadlines deadlines, Instant now, Successes successes)
      throws SQLException {
    Optional<Instant> next = deadlines.next(now);
    Optional<Deadline> latest = deadlines.latest(state.from(), now);
    if (latest.isEmpty()) {
      return new Step(state, Optional.empty(), false, next);
    }
    Instant by = latest.get().at();
    Optional<Instant> success = successes.firstSince(latest.get().begun());
    if (success.filter(at -> !at.isAfter(by)).isPresent()) {
      return new Step(state.checked(by), Optional.empty(), false, next);
    }
    Silence told = success.isPresent() ? state.over() : state.told(by);
    return new Step(told.checked(by), Optional.of(new Missed(by, success)), false, next);
  }

  /**
   * Looks at what must happen again and again.
   *
   * @param last when it happened last
   */
  static Step within(
      Silence state, CountedTime time, Duration length, Optional<Instant> last, Instant now) {
    Instant base = last.filter(at -> at.isAfter(state.from())).orElse(state.from());
    boolean isOver =
        state.told().filter(missed -> last.filter(missed::isBefore).isPresent()).isPresent();
    Silence current = isOver ? state.over() : state;
    if (current.isOpen()) {
      return new Step(current, Optional.empty(), false, Optional.of(now.plus(LOOK_AGAIN)));
    }
    Optional<Instant> by = time.after(base, length);
    if (by.isEmpty() || now.isBefore(by.get())) {
      return new Step(current, Optional.empty(), isOver, by);
    }
    return new Step(
        current.told(base),
        Optional.of(new Missed(by.get(), Optional.empty())),
        isOver,
        Optional.of(now.plus(LOOK_AGAIN)));
  }
}
