package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Optional;

/** Moments at which something is due. */
interface Source {
  /** Returns the first moment after an instant; empty if there is none before the year 9999. */
  Optional<Instant> next(Instant after);

  /**
   * Returns the local time for which a moment stands at the end of a gap; empty if the moment was
   * meant itself.
   */
  Optional<LocalDateTime> skipped(Instant moment);

  /**
   * One instant.
   *
   * @param skipped the local time for which it stands, if the clock skips that
   */
  record Once(Instant instant, Optional<LocalDateTime> skipped) implements Source {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(instant).filter(due -> due.isAfter(after));
    }

    @Override
    public Optional<LocalDateTime> skipped(Instant moment) {
      return skipped;
    }
  }

  /** Steps of elapsed time from an instant on. */
  record Elapsed(Duration interval, Instant from) implements Source {
    private static final Instant LAST = Instant.parse("9998-12-31T00:00:00Z");

    @Override
    public Optional<Instant> next(Instant after) {
      if (after.isBefore(from)) {
        return Optional.of(from);
      }
      if (!after.isBefore(LAST)) {
        return Optional.empty();
      }
      long steps = Duration.between(from, after).toSeconds() / interval.toSeconds();
      return Optional.of(from.plusSeconds((steps + 1) * interval.toSeconds()));
    }

    @Override
    public Optional<LocalDateTime> skipped(Instant moment) {
      return Optional.empty();
    }
  }

  /** Moments of another source, all later by one delay. */
  record Delayed(Source source, Duration delay) implements Source {
    @Override
    public Optional<Instant> next(Instant after) {
      return source.next(minus(after)).map(due -> due.plus(delay));
    }

    @Override
    public Optional<LocalDateTime> skipped(Instant moment) {
      return source.skipped(moment.minus(delay));
    }

    private Instant minus(Instant moment) {
      return moment.isBefore(Instant.MIN.plus(delay)) ? Instant.MIN : moment.minus(delay);
    }
  }
}
