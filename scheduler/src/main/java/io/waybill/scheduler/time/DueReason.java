package io.waybill.scheduler.time;

import java.util.List;

/**
 * Why a job is due at a moment.
 *
 * @param words the schedule by which it is, in English, without its jitter
 * @param marks what has moved the moment from where the schedule alone would have it: jitter, a
 *     calendar; empty for most
 */
public record DueReason(String words, List<String> marks) {
  /** Copies the marks. */
  public DueReason {
    marks = List.copyOf(marks);
  }
}
