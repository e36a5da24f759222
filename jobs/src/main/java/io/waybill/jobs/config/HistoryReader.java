package io.waybill.jobs.config;

import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.HistoryPolicy.Keep;
import java.time.Duration;
import java.util.Locale;

/** Reads how much is remembered of runs; what is absent or wrong is as in the policy around it. */
final class HistoryReader {
  private final Section section;
  private final CheckedKeys keys;

  HistoryReader(Section section, Problems problems) {
    this.section = section;
    this.keys = new CheckedKeys(section, problems);
  }

  HistoryPolicy over(HistoryPolicy outer) {
    int runs = number("runs", outer.runs(), HistoryPolicy.MOST_RUNS);
    int days = number("days", Math.toIntExact(outer.age().toDays()), HistoryPolicy.MOST_DAYS);
    Keep keep =
        keys.told("keep", section::text)
            .map(word -> Keep.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(outer.keep());
    return new HistoryPolicy(runs, Duration.ofDays(days), keep);
  }

  private int number(String key, int outer, int most) {
    long given = keys.told(key, section::integer).orElse((long) outer);
    if (given < 1 || given > most) {
      keys.wrong(key, "\"%s\" is from 1 to %d, and not %d".formatted(key, most, given));
      return outer;
    }
    return (int) given;
  }
}
