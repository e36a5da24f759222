package io.waybill.scheduler;

import java.util.Locale;

/** Whose cron expressions are meant; the same text means different days to different engines. */
public enum CronDialect {
  /** Five fields from minute to day of week; 0 and 7 are Sunday. */
  UNIX,
  /**
   * Six or seven fields from second to year; 1 is Sunday, and one of the two day fields is {@code
   * ?}.
   */
  QUARTZ,
  /** Six fields from second to day of week; 0 and 7 are Sunday, both day fields must fit. */
  SPRING;

  /** Returns the name as the job file and the command line write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
