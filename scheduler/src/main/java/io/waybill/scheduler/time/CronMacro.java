package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The words that stand for whole expressions. */
final class CronMacro {
  private static final Map<String, String> UNIX =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *",
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *");

  private CronMacro() {}

  /** Returns the fields that a macro stands for, each at the macro's own place. */
  static List<CronWord> expand(CronSource source, List<CronWord> expression) {
    CronWord word = expression.get(0);
    String name = word.text().toLowerCase(Locale.ROOT);
    if (name.equals("@reboot")) {
      throw new InvalidSchedule(
          source.text(),
          word.offset(),
          "@reboot is no time: a daemon that restarts would run it again; start what must follow a"
              + " boot from the machine's own service manager");
    }
    if (name.equals("@every")) {
      throw new InvalidSchedule(
          source.text(), word.offset(), "@every is Go's cron; write every: with the interval");
    }
    if (source.dialect() == CronDialect.QUARTZ) {
      throw new InvalidSchedule(
          source.text(), word.offset(), "Quartz has no macros; leave the dialect out");
    }
    String fields = UNIX.get(name);
    if (fields == null) {
      throw new InvalidSchedule(
          source.text(),
          word.offset(),
          "there is no macro "
              + word.text()
              + "; there are @hourly @daily @midnight @weekly @monthly @yearly @annually");
    }
    if (expression.size() > 1) {
      throw new InvalidSchedule(
          source.text(), expression.get(1).offset(), "a macro stands alone: " + word.text());
    }
    List<CronWord> words = new ArrayList<>();
    if (source.dialect() == CronDialect.SPRING) {
      words.add(new CronWord("0", word.offset()));
    }
    for (String field : fields.split(" ", -1)) {
      words.add(new CronWord(field, word.offset()));
    }
    return words;
  }
}
