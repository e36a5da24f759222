package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;

/** The times of an expression. */
record CronPattern(CronFields fields) implements LocalPattern {
  @Override
  public Optional<LocalDate> nextDay(LocalDate from) {
    return fields.days().next(from);
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    int minuteOfDay = secondOfDay / 60;
    if (isMinute(minuteOfDay)) {
      int second = fields.seconds().nextSetBit(secondOfDay % 60);
      if (second >= 0) {
        return minuteOfDay * 60 + second;
      }
    }
    int next = nextMinute(minuteOfDay + 1);
    return next * 60 >= SECONDS_PER_DAY
        ? SECONDS_PER_DAY
        : next * 60 + fields.seconds().nextSetBit(0);
  }

  private boolean isMinute(int minuteOfDay) {
    return minuteOfDay * 60 < SECONDS_PER_DAY
        && fields.hours().get(minuteOfDay / 60)
        && fields.minutes().get(minuteOfDay % 60);
  }

  /** Returns the first minute of the day at or after one; or that of the next midnight. */
  private int nextMinute(int minuteOfDay) {
    int hour = fields.hours().nextSetBit(minuteOfDay / 60);
    if (hour == minuteOfDay / 60) {
      int minute = fields.minutes().nextSetBit(minuteOfDay % 60);
      if (minute >= 0) {
        return hour * 60 + minute;
      }
      hour = fields.hours().nextSetBit(hour + 1);
    }
    return hour < 0 ? SECONDS_PER_DAY / 60 : hour * 60 + fields.minutes().nextSetBit(0);
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return fields.interval();
  }
}
