package io.waybill.jobs.config;

import io.waybill.jobs.Connection.Line;
import io.waybill.transfer.PartPattern;
import io.waybill.transfer.RateLimit;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Reads how a connection is used: how often, how fast, through what, and by which names. */
final class LineReader {
  private static final int MOST_SESSIONS = 64;

  private final Section section;
  private final Problems problems;
  private final ZoneId zone;
  private boolean isRight = true;

  /**
   * Prepares.
   *
   * @param zone whose times of day a rate has
   */
  LineReader(Section section, Problems problems, ZoneId zone) {
    this.section = section;
    this.problems = problems;
    this.zone = zone;
  }

  /** Reads it; empty if something is wrong. */
  Optional<Line> line() {
    ProxyReader proxy = new ProxyReader(section, problems);
    Line line = new Line(mostSessions(), parts(), rate(), proxy.proxy());
    return isRight && proxy.isRight() ? Optional.of(line) : Optional.empty();
  }

  private OptionalInt mostSessions() {
    Optional<Long> most = told("max-connections", section::integer);
    if (most.isPresent() && (most.get() < 1 || most.get() > MOST_SESSIONS)) {
      wrong(
          "max-connections",
          "\"max-connections\" is from 1 to %d, and not %d".formatted(MOST_SESSIONS, most.get()));
      return OptionalInt.empty();
    }
    return most.stream().mapToInt(Long::intValue).findFirst();
  }

  private Optional<PartPattern> parts() {
    try {
      return told("part-name", section::text).map(PartPattern::of);
    } catch (IllegalArgumentException e) {
      wrong("part-name", "\"part-name\": " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<RateLimit> rate() {
    try {
      return told("rate", section::text).map(text -> RateLimit.parse(text, zone));
    } catch (IllegalArgumentException e) {
      wrong("rate", "\"rate\": " + e.getMessage());
      return Optional.empty();
    }
  }

  /** Reads a key; absent ones are right, and of wrong ones there is a problem. */
  private <T> Optional<T> told(String key, Function<String, Optional<T>> reading) {
    if (!section.has(key)) {
      return Optional.empty();
    }
    Optional<T> value = reading.apply(key);
    isRight &= value.isPresent();
    return value;
  }

  private void wrong(String key, String why) {
    problems.error(section.valueOrigin(key), why);
    isRight = false;
  }
}
