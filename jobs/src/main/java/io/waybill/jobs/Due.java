package io.waybill.jobs;

import io.waybill.scheduler.DayCalendar;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Objects;
import java.util.Optional;

/** By when a job must have succeeded, so that its silence is told. Immutable. */
public sealed interface Due {

  /**
   * By a time of day, in the job's zone.
   *
   * @param time of day
   * @param days on which; if it is empty those on which its schedules fire, and every day where it
   *     has none
   */
  record Daily(LocalTime time, Optional<DayCalendar> days) implements Due {
    public Daily {
      Objects.requireNonNull(time, "time");
      Objects.requireNonNull(days, "days");
    }
  }

  /**
   * Within some time of its last success.
   *
   * @param length of that time, counting days that count only
   * @param days that count; all if it is empty
   */
  record Within(Duration length, Optional<DayCalendar> days) implements Due {
    public Within {
      Objects.requireNonNull(length, "length");
      Objects.requireNonNull(days, "days");
    }
  }
}
