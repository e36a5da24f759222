package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.time.LocalDate;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a cron expression, and refuses what would mean something else than it seems to. */
final class CronParser {
  private static final LocalDate LONG_AGO = LocalDate.of(1970, 1, 1);

  private static final int MAX_LENGTH = 400;

  private final CronSource source;

  CronParser(CronSource source) {
    this.source = source;
  }

  /**
   * An expression as it was read.
   *
   * @param words by the field for which they stand
   */
  record Parsed(CronFields fields, Map<CronField, CronWord> words) {}

  Parsed parse() {
    Map<CronField, CronWord> words = words();
    BitSet seconds = words.containsKey(CronField.SECOND) ? values(CronField.SECOND, words) : bit(0);
    BitSet minutes = values(CronField.MINUTE, words);
    BitSet hours = values(CronField.HOUR, words);
    List<DayRule> ofMonth = dayRules(CronField.DAY_OF_MONTH, words);
    BitSet months = values(CronField.MONTH, words);
    List<DayRule> ofWeek = dayRules(CronField.DAY_OF_WEEK, words);
    BitSet years = words.containsKey(CronField.YEAR) ? values(CronField.YEAR, words) : new BitSet();
    if (years.cardinality() == CronField.YEAR.max() - CronField.YEAR.min(source.dialect()) + 1) {
      years.clear(); // "*" means years to come, too
    }
    requireOneKindOfDay(ofMonth, ofWeek, words);
    CronDays days = new CronDays(ofMonth, ofWeek, months, years);
    requireSomeDay(days, words);
    boolean interval =
        isInterval(word(CronField.MINUTE, words)) || isInterval(word(CronField.HOUR, words));
    return new Parsed(new CronFields(seconds, minutes, hours, days, interval), words);
  }

  private Map<CronField, CronWord> words() {
    if (source.text().length() > MAX_LENGTH) {
      throw invalid(MAX_LENGTH, "an expression has at most " + MAX_LENGTH + " characters");
    }
    List<CronWord> words = CronWord.split(source.text());
    int shift = 0;
    if (!words.isEmpty() && words.get(0).text().startsWith("@")) {
      words = CronMacro.expand(source, words);
    } else {
      requireCount(words);
    }
    Map<CronField, CronWord> byField = new EnumMap<>(CronField.class);
    for (CronField field : CronField.of(source.dialect())) {
      if (shift < words.size()) {
        byField.put(field, words.get(shift++));
      }
    }
    return byField;
  }

  private void requireCount(List<CronWord> words) {
    int count = words.size();
    int most = CronField.of(source.dialect()).size();
    int least = source.dialect() == CronDialect.QUARTZ ? most - 1 : most;
    if (count >= least && count <= most) {
      return;
    }
    String what =
        switch (source.dialect()) {
          case UNIX ->
              "a cron expression has five fields (minute, hour, day of month, month, day of week)";
          case SPRING ->
              "a Spring expression has six fields (second, minute, hour, day of month, month, day"
                  + " of week)";
          case QUARTZ ->
              "a Quartz expression has six or seven fields (second, minute, hour, day of month,"
                  + " month, day of week, and perhaps year)";
        };
    throw invalid(
        count > most ? words.get(most).offset() : source.text().length(),
        what + ", this has " + count + countHint(words));
  }

  private String countHint(List<CronWord> words) {
    int count = words.size();
    if (!words.isEmpty() && words.get(0).text().matches("(CRON_)?TZ=.*")) {
      return "; the zone is no part of it: say it beside, as timezone in a job file or as --zone";
    }
    if (source.dialect() == CronDialect.UNIX && count > 5 && !isField(words.get(5))) {
      return "; what follows them in a crontab, a user or a command, is no part of it";
    }
    if (source.dialect() == CronDialect.UNIX && (count == 6 || count == 7)) {
      return "; six or seven are Quartz's, whose first field is seconds: leave it out, or say"
          + " dialect quartz";
    }
    if (source.dialect() != CronDialect.UNIX && count == 5) {
      return "; five are Unix cron's: put the seconds first, or say dialect unix";
    }
    return "";
  }

  /** Returns whether a word looks as if it was meant as a day of week, as Quartz's sixth is. */
  private static boolean isField(CronWord word) {
    return word.text().matches("[0-9*?LH].*|(?i)(sun|mon|tue|wed|thu|fri|sat)\\b.*");
  }

  private BitSet values(CronField field, Map<CronField, CronWord> words) {
    return new CronFieldParser(source, field).values(word(field, words));
  }

  private List<DayRule> dayRules(CronField field, Map<CronField, CronWord> words) {
    return new CronFieldParser(source, field).dayRules(word(field, words));
  }

  private static CronWord word(CronField field, Map<CronField, CronWord> words) {
    return Optional.ofNullable(words.get(field)).orElseThrow();
  }

  private void requireOneKindOfDay(
      List<DayRule> ofMonth, List<DayRule> ofWeek, Map<CronField, CronWord> words) {
    CronWord dayOfMonth = word(CronField.DAY_OF_MONTH, words);
    CronWord dayOfWeek = word(CronField.DAY_OF_WEEK, words);
    switch (source.dialect()) {
      case UNIX -> {
        if (!isEveryDay(ofMonth) && !isEveryDay(ofWeek)) {
          throw invalid(
              dayOfMonth.offset(),
              ("day of month %s and day of week %s together mean \"either\" to Unix cron, and"
                      + " \"both\" to most readers; for either, list two schedules: one with * as"
                      + " day of week, one with * as day of month; for both, say dialect spring"
                      + " and put a 0 for the second in front")
                  .formatted(dayOfMonth.text(), dayOfWeek.text()));
        }
      }
      case QUARTZ -> {
        boolean first = dayOfMonth.text().equals("?");
        if (first == dayOfWeek.text().equals("?")) {
          throw invalid(
              first ? dayOfWeek.offset() : dayOfMonth.offset(),
              first
                  ? "both day fields are ?; write * in one of them for every day"
                  : "Quartz wants ? in one of the two day fields, because it cannot say \"both\":"
                      + (isEveryDay(ofMonth)
                          ? " write ? as day of month"
                          : isEveryDay(ofWeek)
                              ? " write ? as day of week"
                              : " for either, list two schedules"));
        }
      }
      case SPRING -> {
        // both must fit, which is what most readers expect
      }
    }
  }

  static boolean isEveryDay(List<DayRule> rules) {
    return rules.stream().anyMatch(CronParser::isEveryDay);
  }

  private static boolean isEveryDay(DayRule rule) {
    return rule instanceof DayRule.Numbered numbered
        ? numbered.numbers().cardinality() == 31
        : rule instanceof DayRule.Weekdays week && week.weekdays().cardinality() == 7;
  }

  private void requireSomeDay(CronDays days, Map<CronField, CronWord> words) {
    if (days.next(LONG_AGO).isPresent()) {
      return;
    }
    CronWord day = word(CronField.DAY_OF_MONTH, words);
    boolean byWeek = isEveryDay(days.ofMonth());
    throw invalid(
        byWeek ? word(CronField.DAY_OF_WEEK, words).offset() : day.offset(),
        "it is never due: none of its "
            + (days.years().isEmpty() ? "months" : "months and years")
            + " has a day "
            + (byWeek ? word(CronField.DAY_OF_WEEK, words).text() : day.text()));
  }

  private static boolean isInterval(CronWord word) {
    return word.text().contains("*") || word.text().contains("/");
  }

  private static BitSet bit(int value) {
    BitSet bits = new BitSet();
    bits.set(value);
    return bits;
  }

  private InvalidSchedule invalid(int offset, String problem) {
    return new InvalidSchedule(source.text(), offset, problem);
  }
}
