package io.waybill.jobs.config;

import io.waybill.jobs.Connection.Line;
import io.waybill.transfer.PartPattern;
import io.waybill.transfer.RateLimit;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads how a connection is used: how often, how fast, through what, and by which names. */
final class LineReader {
  private static final int MOST_SESSIONS = 64;

  private final Section section;
  private final CheckedKeys keys;
  private final ZoneId zone;

  /**
   * Prepares.
   *
   * @param zone whose times of day a rate has
   */
  LineReader(Section section, Problems problems, ZoneId zone) {
    this.section = section;
    this.keys = new CheckedKeys(section, problems);
    this.zone = zone;
  }

  /** Reads it; empty if something is wrong. */
  Optional<Line> line() {
    Line line = new Line(mostSessions(), parts(), rate(), new ProxyReader(keys).proxy());
    return keys.isRight() ? Optional.of(line) : Optional.empty();
  }

  private OptionalInt mostSessions() {
    Optional<Long> most = keys.told("max-connections", section::integer);
    if (most.isPresent() && (most.get() < 1 || most.get() > MOST_SESSIONS)) {
      keys.wrong(
          "max-connections",
          "\"max-connections\" is from 1 to %d, and not %d".formatted(MOST_SESSIONS, most.get()));
      return OptionalInt.empty();
    }
    return most.stream().mapToInt(Long::intValue).findFirst();
  }

  private Optional<PartPattern> parts() {
    try {
      return keys.told("part-name", section::text).map(PartPattern::of);
    } catch (IllegalArgumentException e) {
      keys.wrong("part-name", "\"part-name\": " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<RateLimit> rate() {
    try {
      return keys.told("rate", section::text).map(text -> RateLimit.parse(text, zone));
    } catch (IllegalArgumentException e) {
      keys.wrong("rate", "\"rate\": " + e.getMessage());
      return Optional.empty();
    }
  }
}
