package io.waybill.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** Says when a job is due; a schedule has no zone of its own, its {@link ScheduledJob} has one. */
public sealed interface Schedule {

  /**
   * Is due at local midnight and then every {@code interval} until the next midnight; through both
   * halves of an hour that the clock repeats.
   *
   * @param interval whole seconds, from 1 second to 1 day: a longer one has no midnight to count
   *     from
   */
  record Every(Duration interval) implements Schedule {
    /**
     * Checks the interval.
     *
     * @throws IllegalArgumentException if it is not whole seconds from 1 second to 1 day
     */
    public Every {
      boolean inRange =
          interval.compareTo(Duration.ofSeconds(1)) >= 0
              && interval.compareTo(Duration.ofDays(1)) <= 0;
      if (!inRange || !interval.equals(interval.truncatedTo(ChronoUnit.SECONDS))) {
        throw new IllegalArgumentException(
            "every: whole seconds from 1s to 24h, was "
                + interval
                + "; for longer intervals use daily or cron");
      }
    }
  }

  /**
   * Is due once a day; a time that the clock skips is due at the end of the gap, a time that the
   * clock repeats is due the first time.
   */
  record Daily(LocalTime time) implements Schedule {
    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if it has a fraction of a second
     */
    public Daily {
      if (!time.equals(time.truncatedTo(ChronoUnit.SECONDS))) {
        throw new IllegalArgumentException("daily: a time in whole seconds, was " + time);
      }
    }
  }

  /**
   * Is due by a Unix expression of five fields: minute, hour, day of month, month, day of week.
   *
   * <p>The text is checked where it is used: by {@code CronExpression.parse} and by {@link
   * Scheduler#schedule}.
   */
  record Cron(String expression) implements Schedule {
    /** Checks that an expression is given. */
    public Cron {
      Objects.requireNonNull(expression, "expression");
    }
  }

  /** Is due once, at a local time of the job's zone (gap and overlap as for {@link Daily}). */
  record At(LocalDateTime time) implements Schedule {
    /** Checks that a time is given. */
    public At {
      Objects.requireNonNull(time, "time");
    }
  }

  /** Is due once, at an instant. */
  record AtInstant(Instant instant) implements Schedule {
    /** Checks that an instant is given. */
    public AtInstant {
      Objects.requireNonNull(instant, "instant");
    }
  }
}
