package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import java.time.Month;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what an expression says that people often do not mean. */
final class CronTraps {
  private static final Pattern STEP = Pattern.compile("\\*/([0-9]+)");
  private static final Pattern NUMERIC_DAY = Pattern.compile(".*[0-9].*");
  private static final int SHORTEST_MONTH = 28;

  private final CronSource source;
  private final CronParser.Parsed parsed;
  private final List<Warning> found = new ArrayList<>();

  CronTraps(CronSource source, CronParser.Parsed parsed) {
    this.source = source;
    this.parsed = parsed;
  }

  List<Warning> find() {
    unevenStep(CronField.SECOND, "minute");
    unevenStep(CronField.MINUTE, "hour");
    unevenStep(CronField.HOUR, "day");
    unevenStep(CronField.DAY_OF_MONTH, "month");
    everyMinute();
    daysThatSomeMonthsLack();
    numericWeekdays();
    fifthWeekday();
    found.sort(Comparator.comparingInt(Warning::offset));
    return List.copyOf(found);
  }

  private void unevenStep(CronField field, String unit) {
    word(field)
        .ifPresent(
            word -> {
              Matcher step = STEP.matcher(word.text());
              if (!step.matches()) {
                return;
              }
              int every = Integer.parseInt(step.group(1));
              boolean uneven =
                  field == CronField.DAY_OF_MONTH
                      ? every > 1
                      : (field == CronField.HOUR ? 24 : 60) % every != 0;
              if (uneven) {
                warn(
                    word,
                    "%s counts anew at the start of each %s, so that its last step there is shorter"
                        .formatted(word.text(), unit));
              }
            });
  }

  private void everyMinute() {
    CronFields fields = parsed.fields();
    boolean everyMinute = fields.minutes().cardinality() == 60;
    Optional<CronWord> minute = word(CronField.MINUTE);
    if (minute.isPresent() && everyMinute && fields.hours().cardinality() == 1) {
      int hour = fields.hours().nextSetBit(0);
      warn(
          minute.get(),
          "it is due in each of the 60 minutes from %1$s:00 to %1$s:59; write 0 as minute for once"
              .formatted(English.twoDigits(hour)));
    }
    Optional<CronWord> second = word(CronField.SECOND);
    if (second.isPresent()
        && fields.seconds().cardinality() == 60
        && fields.minutes().cardinality() < 60) {
      warn(second.get(), "it is due in each of 60 seconds; write 0 as second for once");
    }
  }

  private void daysThatSomeMonthsLack() {
    for (DayRule rule : parsed.fields().days().ofMonth()) {
      int first =
          rule instanceof DayRule.Numbered numbered
              ? numbered.numbers().nextSetBit(1)
              : rule instanceof DayRule.NearestWorkday nearest ? nearest.day() : 0;
      BitSet lacking = new BitSet();
      parsed.fields().days().months().stream()
          .filter(month -> Month.of(month).minLength() < first)
          .forEach(lacking::set);
      if (first > SHORTEST_MONTH && !lacking.isEmpty()) {
        String last =
            source.dialect() == CronDialect.UNIX
                ? "; for the last day use dialect quartz and L"
                : rule instanceof DayRule.NearestWorkday
                    ? "; the last workday is LW"
                    : "; the last day is L";
        word(CronField.DAY_OF_MONTH)
            .ifPresent(
                word ->
                    warn(
                        word,
                        "it is not due in "
                            + English.list(lacking, month -> monthThatLacks(month, first))
                            + ", which "
                            + (lacking.cardinality() == 1 ? "has" : "have")
                            + " no day "
                            + first
                            + last));
      }
    }
  }

  private static String monthThatLacks(int month, int day) {
    return English.month(month) + (month == 2 && day == 29 ? " of most years" : "");
  }

  private void numericWeekdays() {
    if (source.dialect() != CronDialect.QUARTZ) {
      return;
    }
    CronDays days = parsed.fields().days();
    Optional<CronWord> word = word(CronField.DAY_OF_WEEK);
    if (word.isEmpty() || CronParser.isEveryDay(days.ofWeek())) {
      return;
    }
    if (word.get().text().equals("L")) {
      warn(
          word.get(),
          "day of week L is every Saturday, the last day of Quartz's week; the last one of a month"
              + " is written SATL, the last day of a month is L as day of month");
      return;
    }
    boolean isNumeric =
        word.get().items().stream()
            .map(item -> item.text().replaceFirst("[#/].*", ""))
            .anyMatch(item -> NUMERIC_DAY.matcher(item).matches());
    if (isNumeric) {
      warn(
          word.get(),
          "day of week %s is %s: Quartz counts from 1, Sunday; write names"
              .formatted(word.get().text(), weekdays(days.ofWeek())));
    }
  }

  /** Names the days in Quartz's order, so that {@code 1-5} is seen to begin on Sunday. */
  private static String weekdays(List<DayRule> rules) {
    List<String> names = new ArrayList<>();
    for (DayRule rule : rules) {
      if (rule instanceof DayRule.Weekdays week) {
        names.add(English.list(week.weekdays(), English::weekday));
      } else if (rule instanceof DayRule.LastWeekday last) {
        names.add("the last " + English.weekday(last.weekday()));
      } else if (rule instanceof DayRule.NthWeekday nth) {
        names.add("the " + English.ordinal(nth.nth()) + " " + English.weekday(nth.weekday()));
      }
    }
    return English.and(names);
  }

  private void fifthWeekday() {
    boolean hasFifth =
        parsed.fields().days().ofWeek().stream()
            .anyMatch(rule -> rule instanceof DayRule.NthWeekday nth && nth.nth() == 5);
    if (hasFifth) {
      word(CronField.DAY_OF_WEEK)
          .ifPresent(
              word -> warn(word, "most months have no fifth one; the last is L in place of #5"));
    }
  }

  private Optional<CronWord> word(CronField field) {
    return Optional.ofNullable(parsed.words().get(field));
  }

  private void warn(CronWord where, String words) {
    found.add(new Warning(where.offset(), words));
  }
}
