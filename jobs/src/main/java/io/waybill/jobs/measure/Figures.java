package io.waybill.jobs.measure;

import java.util.Locale;

/** Writes figures short enough to be compared at a glance. */
final class Figures {
  private static final String[] BYTE_UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Figures() {}

  /** Returns bytes in their largest unit: {@code 812 B}, {@code 3.1 MB}, {@code 12 kB}. */
  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double value = bytes / 1_000.0;
    int unit = 0;
    while (rounded(value) >= 1_000) {
      value /= 1_000;
      unit++;
    }
    return shortest(value) + " " + BYTE_UNITS[unit];
  }

  // what is rounded up to a thousand is one of the next unit
  private static double rounded(double value) {
    return value < 9.95 ? value : Math.rint(value);
  }

  private static String shortest(double value) {
    String text = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /**
   * Returns a time in its largest units: {@code 850ms}, {@code 4.2s}, {@code 14m}, {@code 2h5m}.
   */
  static String time(long millis) {
    if (millis < SECOND) {
      return millis + "ms";
    }
    if (millis < 9_950) {
      return shortest(millis / (double) SECOND) + "s";
    }
    if (millis < 59_500) {
      return Math.round(millis / (double) SECOND) + "s";
    }
    if (millis < 10 * MINUTE) {
      return two(millis, MINUTE, "m", SECOND, "s");
    }
    if (millis < HOUR - MINUTE / 2) {
      return Math.round(millis / (double) MINUTE) + "m";
    }
    return millis < DAY - MINUTE / 2
        ? two(millis, HOUR, "h", MINUTE, "m")
        : two(millis, DAY, "d", HOUR, "h");
  }

  private static String two(
      long millis, long unit, String word, long smallerUnit, String smallerWord) {
    long smaller = Math.round(millis / (double) smallerUnit);
    long perUnit = unit / smallerUnit;
    long rest = smaller % perUnit;
    return smaller / perUnit + word + (rest == 0 ? "" : rest + smallerWord);
  }
}
