package io.waybill.jobs.alert;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is remembered of a job that must succeed in time, or of a source from which something must
 * come. Immutable.
 *
 * @param rule what the file says of it, in words that change with it
 * @param from the moment from which time counts: everything before it is dealt with, or concerns
 *     nobody
 * @param isHalted whether it is not looked at, as the job is paused or disabled
 * @param told what was missed and told, if that is not over
 */
record Silence(String rule, Instant from, boolean isHalted, Optional<Instant> told) {
  Silence {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(told, "told");
  }

  /**
   * Returns how it is looked at now: from now on if it is new, the file says otherwise by now, or
   * the job goes on.
   */
  static Silence of(Optional<Silence> known, String rule, boolean isHalted, Instant now) {
    if (known.isEmpty() || !known.get().rule().equals(rule)) {
      return new Silence(rule, now, isHalted, Optional.empty());
    }
    Silence before = known.get();
    if (before.isHalted() == isHalted) {
      return before;
    }
    return new Silence(rule, isHalted ? before.from() : now, isHalted, before.told());
  }

  boolean isOpen() {
    return told.isPresent();
  }

  Silence over() {
    return new Silence(rule, from, isHalted, Optional.empty());
  }

  Silence checked(Instant until) {
    return new Silence(rule, until, isHalted, told);
  }

  Silence told(Instant missed) {
    return new Silence(rule, from, isHalted, Optional.of(missed));
  }
}
