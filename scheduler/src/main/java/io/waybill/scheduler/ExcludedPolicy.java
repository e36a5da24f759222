package io.waybill.scheduler;

import java.util.Locale;

/** What becomes of times that fall on a day that a calendar excludes. */
public enum ExcludedPolicy {
  /** They are not due. */
  SKIP,
  /** They are due on the next day that is not excluded. */
  NEXT_DAY,
  /** They are due on the last day before that is not excluded. */
  PREVIOUS_DAY;

  /** Returns the name as the job file writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
