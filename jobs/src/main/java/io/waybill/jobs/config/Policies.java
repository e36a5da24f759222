package io.waybill.jobs.config;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code defaults}, a job and a step each say about time and failure. What one leaves out is
 * as in the one around it.
 *
 * @param timeout of one attempt
 */
record Policies(
    Duration timeout,
    OverlapPolicy overlap,
    MissedPolicy missed,
    Retry retry,
    HistoryPolicy history) {
  static final Policies BUILT_IN =
      new Policies(
          Duration.ofHours(1),
          OverlapPolicy.SKIP,
          MissedPolicy.runOnce(Duration.ofHours(6)),
          new Retry(
              5,
              Duration.ofSeconds(10),
              3.0,
              Duration.ofMinutes(10),
              0.2,
              Set.of(FailureClass.TRANSIENT, FailureClass.INTEGRITY),
              Optional.empty()),
          HistoryPolicy.DEFAULT);

  /** Reads what a section says; the rest stays. */
  Policies overlaidBy(Section section, Problems problems) {
    return new Policies(
        timeoutIn(section, problems).orElse(timeout),
        overlapIn(section).orElse(overlap),
        section.has("missed")
            ? section
                .section("missed", LaterKeys.none())
                .flatMap(s -> missedIn(s, problems))
                .orElse(missed)
            : missed,
        retryIn(section, problems).orElse(retry),
        section
            .section("history", LaterKeys.none())
            .map(s -> new HistoryReader(s, problems).over(history))
            .orElse(history));
  }

  static Optional<Duration> timeoutIn(Section section, Problems problems) {
    return section.has("timeout") ? positive("timeout", section, problems) : Optional.empty();
  }

  Optional<Retry> retryIn(Section section, Problems problems) {
    return section.section("retry", LaterKeys.none()).map(s -> retry.overlaidBy(s, problems));
  }

  private static Optional<OverlapPolicy> overlapIn(Section section) {
    return section.has("overlap")
        ? section.text("overlap").map(word -> OverlapPolicy.valueOf(word.toUpperCase(Locale.ROOT)))
        : Optional.empty();
  }

  private static Optional<MissedPolicy> missedIn(Section section, Problems problems) {
    Optional<String> policy = section.text("policy");
    Optional<Duration> maxLate = positive("max-late", section, problems);
    Optional<Long> atMost = section.integer("at-most");
    if (policy.isEmpty() || maxLate.isEmpty() || atMost.isEmpty()) {
      return Optional.empty();
    }
    boolean fits = fits("at-most", policy.get().equals("run-all"), section, problems);
    fits &= fits("max-late", !policy.get().equals("skip"), section, problems);
    if (atMost.get() < 1 || atMost.get() > 1000) {
      problems.error(
          section.valueOrigin("at-most"), "\"at-most\" is from 1 to 1000, and not " + atMost.get());
      fits = false;
    }
    if (!fits) {
      return Optional.empty();
    }
    return Optional.of(
        switch (policy.get()) {
          case "skip" -> MissedPolicy.skip();
          case "run-once" -> MissedPolicy.runOnce(maxLate.get());
          default -> MissedPolicy.runAll(atMost.get().intValue(), maxLate.get());
        });
  }

  private static boolean fits(String key, boolean hasMeaning, Section section, Problems problems) {
    boolean right = hasMeaning || !section.has(key);
    if (!right) {
      problems.error(section.origin(key), "\"" + key + "\" means nothing with this policy");
    }
    return right;
  }

  private static Optional<Duration> positive(String key, Section section, Problems problems) {
    Optional<Duration> duration = section.duration(key);
    if (duration.isPresent() && duration.get().isZero()) {
      problems.error(section.valueOrigin(key), "\"" + key + "\" must be longer than nothing");
      return Optional.empty();
    }
    return duration;
  }

  /** The parts of a retry policy, still apart so that they can be replaced one by one. */
  record Retry(
      int attempts,
      Duration delay,
      double multiplier,
      Duration maxDelay,
      double jitter,
      Set<FailureClass> when,
      Optional<Duration> giveUpAfter) {

    Retry overlaidBy(Section section, Problems problems) {
      Duration newDelay = given(section, "delay").flatMap(section::duration).orElse(delay);
      Optional<Duration> newMax = given(section, "max-delay").flatMap(section::duration);
      if (newMax.isPresent() && newMax.get().compareTo(newDelay) < 0) {
        problems.error(
            section.valueOrigin("max-delay"), "\"max-delay\" is shorter than the delay itself");
      }
      return new Retry(
          given(section, "attempts").flatMap(k -> attempts(section, problems)).orElse(attempts),
          newDelay,
          given(section, "multiplier")
              .flatMap(k -> multiplier(section, problems))
              .orElse(multiplier),
          // A longer first wait than the inherited ceiling lifts the ceiling.
          newMax.orElse(maxDelay.compareTo(newDelay) < 0 ? newDelay : maxDelay),
          given(section, "jitter").flatMap(section::number).orElse(jitter),
          given(section, "when").flatMap(section::texts).map(Retry::classes).orElse(when),
          given(section, "give-up-after")
              .flatMap(k -> positive(k, section, problems))
              .or(() -> giveUpAfter));
    }

    RetryPolicy policy() {
      RetryPolicy.Builder builder =
          RetryPolicy.builder()
              .maxAttempts(attempts)
              .backoff(delay, maxDelay, multiplier)
              .jitter(jitter)
              .when(when);
      giveUpAfter.ifPresent(builder::giveUpAfter);
      return builder.build();
    }

    private static Optional<String> given(Section section, String key) {
      return section.has(key) ? Optional.of(key) : Optional.empty();
    }

    private static Optional<Integer> attempts(Section section, Problems problems) {
      Optional<Long> given = section.integer("attempts");
      if (given.isPresent() && (given.get() < 1 || given.get() > 1_000)) {
        problems.error(
            section.valueOrigin("attempts"),
            "\"attempts\" is from 1 to 1000, and not " + given.get());
        return Optional.empty();
      }
      return given.map(Long::intValue);
    }

    private static Optional<Double> multiplier(Section section, Problems problems) {
      Optional<Double> given = section.number("multiplier");
      if (given.isPresent() && (given.get() < 1 || given.get() > 100)) {
        problems.error(section.valueOrigin("multiplier"), "\"multiplier\" is from 1 to 100");
        return Optional.empty();
      }
      return given;
    }

    private static Set<FailureClass> classes(List<String> words) {
      return words.stream()
          .map(word -> FailureClass.valueOf(word.toUpperCase(Locale.ROOT)))
          .collect(Collectors.toUnmodifiableSet());
    }
  }
}
