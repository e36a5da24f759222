package io.waybill.jobs.expression;

import java.time.Duration;

/** Writes durations as the job file has them. */
public final class DurationWords {
  private DurationWords() {}

  /**
   * Returns a duration of whole milliseconds in the largest unit that it is whole in: {@code 90s}.
   */
  public static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3_600 != 0
        ? seconds / 60 + "m"
        : seconds % 86_400 != 0 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
  }
}
