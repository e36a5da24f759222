package io.waybill.jobs.config;

import io.waybill.jobs.AnomalyPolicy;
import io.waybill.jobs.NotifyPolicy;
import io.waybill.jobs.NotifyPolicy.FailureRule;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads who hears of what, and what is compared with earlier runs. */
final class NotifyReader {
  private static final int MOST_FAILURES = 1_000;
  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final Duration MOST = Duration.ofDays(366);
  private static final String RANGE = "1m to 366d";

  private final ChannelNames channels;
  private final Problems problems;

  NotifyReader(ChannelNames channels, Problems problems) {
    this.channels = channels;
    this.problems = problems;
  }

  /** What {@code defaults} and a job both say. */
  record Rules(NotifyPolicy hears, AnomalyPolicy anomalies) {
    static final Rules BUILT_IN = new Rules(NotifyPolicy.NOBODY, AnomalyPolicy.OFF);
  }

  /** Reads what a section says; the rest stays. */
  Rules over(Rules around, Section section) {
    return new Rules(
        section
            .section("notify", LaterKeys.none())
            .map(own -> notifyOf(own, around.hears()))
            .orElse(around.hears()),
        section
            .section("anomalies", LaterKeys.none())
            .map(own -> anomalies(own, around.anomalies()))
            .orElse(around.anomalies()));
  }

  private NotifyPolicy notifyOf(Section section, NotifyPolicy around) {
    return new NotifyPolicy(
        section
            .section("failure", LaterKeys.none())
            .flatMap(this::failure)
            .orElse(around.failure()),
        to(section, "recovery", around.recovery()),
        to(section, "overdue", around.overdue()),
        to(section, "quiet", around.quiet()),
        to(section, "anomaly", around.anomaly()));
  }

  private List<String> to(Section section, String event, List<String> around) {
    return section.section(event, LaterKeys.none()).flatMap(channels::read).orElse(around);
  }

  private Optional<FailureRule> failure(Section section) {
    CheckedKeys keys = new CheckedKeys(section, problems);
    Optional<List<String>> to = channels.read(section);
    Optional<Integer> after = TriggerReader.within(keys, "after", MOST_FAILURES);
    Optional<Duration> within = duration("within", keys);
    Optional<Duration> repeatEvery = duration("repeat-every", keys);
    if (within.isPresent() && after.isPresent() && after.get() == 1) {
      problems.error(
          section.origin("within"),
          "\"within\" means nothing with the first failure; say with \"after\" how many it takes");
      return Optional.empty();
    }
    return keys.isRight() && to.isPresent() && after.isPresent()
        ? Optional.of(new FailureRule(to.get(), after.get(), within, repeatEvery))
        : Optional.empty();
  }

  private static Optional<Duration> duration(String key, CheckedKeys keys) {
    return keys.told(key, name -> TriggerReader.within(keys, name, LEAST, MOST, RANGE));
  }

  private AnomalyPolicy anomalies(Section section, AnomalyPolicy around) {
    CheckedKeys keys = new CheckedKeys(section, problems);
    return new AnomalyPolicy(
        reaction("duration", keys).orElse(around.duration()),
        reaction("bytes", keys).orElse(around.bytes()),
        reaction("files", keys).orElse(around.files()),
        reaction("latency", keys).orElse(around.latency()),
        keys.told("min-runs", key -> TriggerReader.within(keys, key, AnomalyPolicy.MOST_RUNS))
            .orElse(around.leastRuns()));
  }

  private static Optional<AnomalyPolicy.Reaction> reaction(String key, CheckedKeys keys) {
    return keys.told(key, keys.section()::text)
        .map(word -> AnomalyPolicy.Reaction.valueOf(word.toUpperCase(Locale.ROOT)));
  }
}
