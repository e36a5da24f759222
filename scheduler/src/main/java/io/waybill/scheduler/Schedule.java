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
      if (!isInterval(interval, Duration.ofDays(1))) {
        throw new IllegalArgumentException(
            "every: whole seconds from 1s to 24h, was "
                + interval
                + "; a longer interval needs a time to count from");
      }
    }
  }

  /**
   * Is due at a local time and then every {@code interval} on the wall clock: {@code 14 days} from
   * a Monday at nine stay Mondays at nine through every clock change. What is shorter than a clock
   * change goes through both halves of an hour that the clock repeats.
   *
   * @param interval whole seconds, from 1 second to 3,660 days
   * @param from whole seconds; not due before it
   */
  record EveryFrom(Duration interval, LocalDateTime from) implements Schedule {
    /**
     * Checks the interval.
     *
     * @throws IllegalArgumentException if it is not whole seconds from 1 second to 3,660 days, or
     *     the time has a fraction of a second
     */
    public EveryFrom {
      requireLongInterval(interval);
      if (!from.equals(from.truncatedTo(ChronoUnit.SECONDS))) {
        throw new IllegalArgumentException("from: a time in whole seconds, was " + from);
      }
    }
  }

  /**
   * Is due at an instant and then every {@code interval} of elapsed time, whatever clocks show.
   *
   * @param interval whole seconds, from 1 second to 3,660 days
   * @param from not due before it
   */
  record EveryFromInstant(Duration interval, Instant from) implements Schedule {
    /**
     * Checks the interval.
     *
     * @throws IllegalArgumentException if it is not whole seconds from 1 second to 3,660 days
     */
    public EveryFromInstant {
      requireLongInterval(interval);
      Objects.requireNonNull(from, "from");
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
   * Is due by a cron expression.
   *
   * <p>The text is checked where it is used: by {@code CronExpression.parse} and by {@link
   * Scheduler#schedule}.
   *
   * @param expression {@code H} in it is taken from the job's name
   * @param dialect whose expression it is
   */
  record Cron(String expression, CronDialect dialect) implements Schedule {
    /** Checks that an expression is given. */
    public Cron {
      Objects.requireNonNull(expression, "expression");
      Objects.requireNonNull(dialect, "dialect");
    }

    /** Makes a schedule of a Unix expression. */
    public Cron(String expression) {
      this(expression, CronDialect.UNIX);
    }
  }

  /**
   * Is due by a recurrence rule of RFC 5545, on the wall clock of the job's zone; its times are
   * fixed ones, as that of {@link Daily}.
   *
   * <p>The text is checked where it is used, as that of {@link Cron}.
   *
   * @param rrule {@code FREQ=MONTHLY;BYDAY=-1FR}; no shorter FREQ than DAILY
   * @param from its DTSTART: the first time at which it can be due, from which INTERVAL and COUNT
   *     are counted, and whose time of day is meant where the rule names none
   */
  record Recurring(String rrule, LocalDateTime from) implements Schedule {
    /**
     * Checks the start.
     *
     * @throws IllegalArgumentException if it has a fraction of a second
     */
    public Recurring {
      Objects.requireNonNull(rrule, "rrule");
      if (!from.equals(from.truncatedTo(ChronoUnit.SECONDS))) {
        throw new IllegalArgumentException("from: a time in whole seconds, was " + from);
      }
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

  /**
   * Is due as another schedule is, on days that count in a calendar.
   *
   * @param schedule one of local times: not {@link AtInstant} or {@link EveryFromInstant}, and not
   *     wrapped itself
   * @param calendar says which days count
   * @param excluded what becomes of times on the other days; moved ones keep their time of day
   */
  record OnDays(Schedule schedule, DayCalendar calendar, ExcludedPolicy excluded)
      implements Schedule {
    /**
     * Checks the schedule.
     *
     * @throws IllegalArgumentException if it has no local times, or is wrapped itself
     */
    public OnDays {
      Objects.requireNonNull(calendar, "calendar");
      Objects.requireNonNull(excluded, "excluded");
      if (schedule instanceof AtInstant
          || schedule instanceof EveryFromInstant
          || schedule instanceof OnDays
          || schedule instanceof Jittered) {
        throw new IllegalArgumentException(
            "a calendar has local days; it needs a schedule of local times, not " + schedule);
      }
    }
  }

  /**
   * Is due later than another schedule by a time that depends on the job's name only, so that jobs
   * of one schedule do not all begin at once.
   *
   * @param schedule not jittered itself
   * @param jitter whole seconds, from 1 second to 1 day; the delay is shorter
   */
  record Jittered(Schedule schedule, Duration jitter) implements Schedule {
    /**
     * Checks the jitter.
     *
     * @throws IllegalArgumentException if it is not whole seconds from 1 second to 1 day, or the
     *     schedule is jittered already
     */
    public Jittered {
      if (!isInterval(jitter, Duration.ofDays(1))) {
        throw new IllegalArgumentException("jitter: whole seconds from 1s to 24h, was " + jitter);
      }
      if (schedule instanceof Jittered) {
        throw new IllegalArgumentException("jitter: the schedule has one already");
      }
    }
  }

  private static boolean isInterval(Duration length, Duration longest) {
    return length.compareTo(Duration.ofSeconds(1)) >= 0
        && length.compareTo(longest) <= 0
        && length.equals(length.truncatedTo(ChronoUnit.SECONDS));
  }

  private static void requireLongInterval(Duration interval) {
    if (!isInterval(interval, Duration.ofDays(3660))) {
      throw new IllegalArgumentException("every: whole seconds from 1s to 3660d, was " + interval);
    }
  }
}
