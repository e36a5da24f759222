package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import java.util.List;
import java.util.Locale;

/** A field of an expression: what it is called, its range, and the names its values may have. */
enum CronField {
  SECOND("second", 0, 59, ""),
  MINUTE("minute", 0, 59, ""),
  HOUR("hour", 0, 23, ""),
  DAY_OF_MONTH("day of month", 1, 31, ""),
  MONTH("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
  // 0 and 7 are Sunday; Quartz's numbers become these when they are read
  DAY_OF_WEEK("day of week", 0, 7, "sun mon tue wed thu fri sat"),
  YEAR("year", 1970, 2099, "");

  private static final List<CronField> UNIX =
      List.of(MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK);
  private static final List<CronField> SPRING =
      List.of(SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK);
  private static final List<CronField> QUARTZ =
      List.of(SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR);

  private final String title;
  private final int min;
  private final int max;
  private final String names;

  CronField(String title, int min, int max, String names) {
    this.title = title;
    this.min = min;
    this.max = max;
    this.names = names;
  }

  /** Returns the fields that an expression of the dialect can have, in their order. */
  static List<CronField> of(CronDialect dialect) {
    return switch (dialect) {
      case UNIX -> UNIX;
      case SPRING -> SPRING;
      case QUARTZ -> QUARTZ;
    };
  }

  String title() {
    return title;
  }

  /** Returns the lowest number that can be written. */
  int min(CronDialect dialect) {
    return this == DAY_OF_WEEK && dialect == CronDialect.QUARTZ ? 1 : min;
  }

  int max() {
    return max;
  }

  boolean hasNames() {
    return !names.isEmpty();
  }

  /** Returns the number of the value that the word, not an empty one, names; or -1. */
  int named(String word, CronDialect dialect) {
    int index = List.of(names.split(" ", -1)).indexOf(word.toLowerCase(Locale.ROOT));
    return index < 0 ? -1 : index + min(dialect);
  }
}
