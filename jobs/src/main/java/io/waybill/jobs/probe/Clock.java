package io.waybill.jobs.probe;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How far the clock of a server is ahead of this one's. */
final class Clock {
  private Clock() {}

  /** Asks a server for its time. */
  @FunctionalInterface
  interface Ask {
    Optional<Instant> time();
  }

  /**
   * Compares what a server says with the middle of the time that asking took; a time to the second
   * is taken for the middle of that second.
   */
  static Map<String, Object> compare(Ask ask) {
    Instant before = Instant.now();
    long begun = System.nanoTime();
    Optional<Instant> there = ask.time();
    long took = System.nanoTime() - begun;
    Map<String, Object> facts = new LinkedHashMap<>();
    if (there.isPresent()) {
      boolean isCoarse = there.get().equals(there.get().truncatedTo(ChronoUnit.SECONDS));
      Duration ahead = Duration.between(before.plusNanos(took / 2), there.get());
      facts.put("ahead-millis", ahead.toMillis() + (isCoarse ? 500 : 0));
      facts.put("give-or-take-millis", took / 2_000_000 + (isCoarse ? 500 : 1));
    } else {
      facts.put("told", false);
    }
    return facts;
  }
}
