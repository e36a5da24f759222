package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;

/** One fixed time of every day. */
record DailyPattern(LocalTime time) implements LocalPattern {
  @Override
  public boolean matches(LocalDate day) {
    return true;
  }

  @Override
  public int nextSecond(int secondOfDay) {
    int second = time.toSecondOfDay();
    return second >= secondOfDay ? second : SECONDS_PER_DAY;
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return false;
  }
}
