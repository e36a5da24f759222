package io.waybill.scheduler.time;

import java.time.LocalDate;
import java.util.BitSet;

/**
 * The values that the fields of an expression allow.
 *
 * @param interval whether its times keep their rhythm through a clock change
 */
record CronFields(BitSet minutes, BitSet hours, Days days, boolean interval) {

  /**
   * The fields that pick days.
   *
   * @param ofWeek 0 (Sunday) to 6
   */
  record Days(BitSet ofMonth, BitSet months, BitSet ofWeek) {
    boolean contain(LocalDate day) {
      return months.get(day.getMonthValue())
          && ofMonth.get(day.getDayOfMonth())
          && ofWeek.get(day.getDayOfWeek().getValue() % 7);
    }
  }
}
