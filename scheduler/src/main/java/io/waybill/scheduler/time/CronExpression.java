package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/**
 * A Unix cron expression: minute, hour, day of month, month, day of week.
 *
 * <p>Each field is {@code *}, a value, a range {@code 1-5}, any of them with a step ({@code
 * *}{@code /15}, {@code 10-50/20}), or a list of those. Months and days of week may be named
 * ({@code jan}, {@code mon}); 0 and 7 are Sunday. An expression with {@code *} or {@code /} in its
 * minute or hour field is an interval, any other has fixed times; they differ at clock changes.
 */
public final class CronExpression {
  private final String text;
  private final CronFields fields;

  private CronExpression(String text, CronFields fields) {
    this.text = text;
    this.fields = fields;
  }

  /**
   * Reads an expression.
   *
   * @throws SchedulerException.InvalidSchedule if it is not one, means two things, or is never due;
   *     with the offset at which the trouble starts
   */
  public static CronExpression parse(String text) {
    return new CronExpression(text, new CronParser(text).parse());
  }

  /** Returns the first moment after {@code after} at which it is due in the zone. */
  public Optional<Instant> next(Instant after, ZoneId zone) {
    return zoned(zone).next(after);
  }

  ZonedPattern zoned(ZoneId zone) {
    return new ZonedPattern(new Pattern(fields), zone);
  }

  /** Returns whether its times keep their rhythm through a clock change. */
  public boolean isInterval() {
    return fields.interval();
  }

  /** Returns the expression as written. */
  @Override
  public String toString() {
    return text;
  }

  private record Pattern(CronFields fields) implements LocalPattern {
    @Override
    public boolean matches(LocalDate day) {
      return fields.days().contain(day);
    }

    @Override
    public int nextSecond(int secondOfDay) {
      int minuteOfDay = (secondOfDay + 59) / 60;
      int hour = fields.hours().nextSetBit(minuteOfDay / 60);
      if (hour == minuteOfDay / 60) {
        int minute = fields.minutes().nextSetBit(minuteOfDay % 60);
        if (minute >= 0) {
          return (hour * 60 + minute) * 60;
        }
        hour = fields.hours().nextSetBit(hour + 1);
      }
      return hour < 0 ? SECONDS_PER_DAY : (hour * 60 + fields.minutes().nextSetBit(0)) * 60;
    }

    @Override
    public boolean isIntervalAcross(Duration change) {
      return fields.interval();
    }
  }
}
