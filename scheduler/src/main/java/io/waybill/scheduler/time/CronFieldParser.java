package io.waybill.scheduler.time;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one field of an expression. */
final class CronFieldParser {
  private static final Pattern HASH = Pattern.compile("H(?:\\(([^)]*)\\))?(?:/(.*))?");
  private static final Pattern FROM_LAST = Pattern.compile("L(?:-([0-9]{1,2}))?(W)?");
  private static final Pattern NEAREST = Pattern.compile("([0-9]{1,2})W");
  private static final Pattern NTH = Pattern.compile("([0-9A-Za-z]+)#(.*)");
  private static final Pattern LAST_OF_WEEK = Pattern.compile("([0-9]|[A-Za-z]{3})L");
  // what Unix cron has not: mon#2, L, L-3, LW, 6L, friL, 15W
  private static final Pattern SPECIAL =
      Pattern.compile("#|^LW?$|^(?:[0-9]|[a-z]{3})L$|^[0-9]+W$", Pattern.CASE_INSENSITIVE);
  // every month has these
  private static final int HASHED_DAYS = 28;

  private final CronSource source;
  private final CronField field;
  private final CronDialect dialect;

  CronFieldParser(CronSource source, CronField field) {
    this.source = source;
    this.field = field;
    this.dialect = source.dialect();
  }

  /** Reads a field that has numbers only; days of the week come out as 0 (Sunday) to 6. */
  BitSet values(CronWord word) {
    BitSet values = new BitSet();
    word.items().forEach(item -> addItem(item, values));
    return field == CronField.DAY_OF_WEEK ? fromSunday(values) : values;
  }

  /** Reads a field that picks days. */
  List<DayRule> dayRules(CronWord word) {
    BitSet numbers = new BitSet();
    List<DayRule> rules = new ArrayList<>();
    if (word.text().equals("?") && dialect != CronDialect.UNIX) {
      addSpan(field.min(dialect), lastOfAll(), 1, numbers);
    } else {
      for (CronWord item : word.items()) {
        if (dialect == CronDialect.UNIX || !addSpecial(item, rules)) {
          addItem(item, numbers);
        }
      }
    }
    if (!numbers.isEmpty()) {
      rules.add(
          0, // the usual before the special, as they are told
          field == CronField.DAY_OF_MONTH
              ? new DayRule.Numbered(numbers)
              : new DayRule.Weekdays(fromSunday(numbers)));
    }
    return rules;
  }

  /** Adds what only Quartz and Spring have; returns whether the item was such a thing. */
  private boolean addSpecial(CronWord item, List<DayRule> rules) {
    String text = item.text().toUpperCase(Locale.ROOT);
    return field == CronField.DAY_OF_MONTH
        ? addOfMonth(text, item, rules)
        : addOfWeek(text, item, rules);
  }

  private boolean addOfMonth(String text, CronWord item, List<DayRule> rules) {
    Matcher last = FROM_LAST.matcher(text);
    if (last.matches()) {
      int before = last.group(1) == null ? 0 : Integer.parseInt(last.group(1));
      if (before > 30) {
        throw invalid(item, "L-" + before + ": a month has no day that far before its last");
      }
      rules.add(
          last.group(2) == null
              ? new DayRule.FromLast(before)
              : new DayRule.WorkdayFromLast(before));
      return true;
    }
    Matcher nearest = NEAREST.matcher(text);
    if (nearest.matches()) {
      rules.add(new DayRule.NearestWorkday(value(item.part(0, item.text().length() - 1))));
      return true;
    }
    return false;
  }

  private boolean addOfWeek(String text, CronWord item, List<DayRule> rules) {
    if (text.equals("L") && dialect == CronDialect.QUARTZ) {
      BitSet saturday = new BitSet();
      saturday.set(6);
      rules.add(new DayRule.Weekdays(saturday));
      return true;
    }
    if (LAST_OF_WEEK.matcher(text).matches()) {
      rules.add(new DayRule.LastWeekday(weekday(item.part(0, item.text().length() - 1))));
      return true;
    }
    Matcher nth = NTH.matcher(item.text());
    if (nth.matches()) {
      CronWord number = item.part(nth.start(2));
      int which = number(number, "what stands after #", false);
      if (which < 1 || which > 5) {
        throw invalid(number, "the number after # is 1 to 5, this is " + which);
      }
      rules.add(new DayRule.NthWeekday(weekday(item.part(0, nth.end(1))), which));
      return true;
    }
    return false;
  }

  private int weekday(CronWord word) {
    int value = value(word);
    return dialect == CronDialect.QUARTZ ? value - 1 : value % 7;
  }

  private void addItem(CronWord item, BitSet values) {
    Matcher hash = HASH.matcher(item.text());
    if (hash.matches()) {
      addHashed(item, hash, values);
      return;
    }
    int slash = item.text().indexOf('/');
    CronWord span = slash < 0 ? item : item.part(0, slash);
    int step = slash < 0 ? 1 : step(item.part(slash + 1));
    int dash = span.text().indexOf('-');
    if (span.text().equals("*")) {
      addSpan(field.min(dialect), lastOfAll(), step, values);
    } else if (dash > 0) {
      addRange(span, value(span.part(0, dash)), value(span.part(dash + 1)), step, values);
    } else if (slash >= 0) {
      addSpan(value(span), openEnd(item, span, step), step, values);
    } else {
      values.set(value(span));
    }
  }

  private static void addSpan(int first, int last, int step, BitSet values) {
    for (int value = first; value <= last; value += step) {
      values.set(value);
    }
  }

  private void addRange(CronWord span, int first, int end, int step, BitSet values) {
    int last = end;
    if (dialect != CronDialect.QUARTZ
        && last == 0
        && first > 0
        && span.text().toLowerCase(Locale.ROOT).endsWith("-sun")) {
      last = 7;
    }
    if (last >= first) {
      addSpan(first, last, step, values);
    } else if (dialect == CronDialect.QUARTZ && field != CronField.YEAR) {
      // over the end of the hour, day, week or year, as Quartz does
      int min = field.min(dialect);
      int count = lastOfAll() - min + 1;
      for (int value = first; value <= last + count; value += step) {
        values.set(min + (value - min) % count);
      }
    } else {
      throw invalid(
          span,
          field == CronField.YEAR
              ? "\"%s\" goes backwards".formatted(span.text())
              : "\"%s\" goes backwards; write %s,%s"
                  .formatted(
                      span.text(), range(first, field.max()), range(field.min(dialect), last)));
    }
  }

  private static String range(int first, int last) {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  /** Returns where {@code 5/15} ends, which has no end of its own. */
  private int openEnd(CronWord item, CronWord span, int step) {
    if (dialect == CronDialect.UNIX) {
      throw invalid(
          item,
          "\"%s\": a step needs a range to step through; write %s-%d/%d"
              .formatted(item.text(), span.text(), field.max(), step));
    }
    return lastOfAll();
  }

  private int lastOfAll() {
    return field == CronField.DAY_OF_WEEK && dialect != CronDialect.QUARTZ ? 6 : field.max();
  }

  private void addHashed(CronWord item, Matcher hash, BitSet values) {
    String job =
        source
            .job()
            .orElseThrow(
                () ->
                    invalid(
                        item,
                        "H is taken from the job's name, and none is known here; name the job"));
    if (field == CronField.YEAR) {
      throw invalid(item, "H cannot stand for a year");
    }
    int first = field.min(dialect);
    int last = field == CronField.DAY_OF_MONTH ? HASHED_DAYS : lastOfAll();
    if (hash.group(1) != null) {
      CronWord range = item.part(hash.start(1), hash.end(1));
      int dash = range.text().indexOf('-');
      if (dash < 0) {
        throw invalid(range, "H takes a range, H(" + first + "-" + last + ")");
      }
      first = value(range.part(0, dash));
      last = value(range.part(dash + 1));
      if (last < first) {
        throw invalid(range, "\"" + range.text() + "\" goes backwards");
      }
    }
    int width = last - first + 1;
    int step = hash.group(2) == null ? width : step(item.part(hash.start(2)));
    addSpan(first + JobHash.of(job, field.title(), Math.min(step, width)), last, step, values);
  }

  private int step(CronWord number) {
    int step = number(number, "a step in " + field.title(), false);
    if (step < 1 || step > field.max()) {
      throw invalid(
          number,
          "a step in %s is 1 to %d, this is %d".formatted(field.title(), field.max(), step));
    }
    return step;
  }

  private int value(CronWord word) {
    int named = word.text().isEmpty() ? -1 : field.named(word.text(), dialect);
    if (named >= 0) {
      return named;
    }
    int value = number(word, field.title(), field.hasNames());
    if (value < field.min(dialect) || value > field.max()) {
      throw invalid(
          word,
          "%s is %d to %d, this is %d"
              .formatted(field.title(), field.min(dialect), field.max(), value));
    }
    return value;
  }

  private int number(CronWord word, String what, boolean orName) {
    boolean digits =
        !word.text().isEmpty() && word.text().chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && word.text().length() <= 4) {
      return Integer.parseInt(word.text());
    }
    String shown = word.text().isEmpty() ? "nothing" : "\"" + word.text() + "\"";
    throw invalid(
        word,
        what
            + (orName ? " is a number or a name, this is " : " is a number, this is ")
            + shown
            + hint(word, orName));
  }

  private String hint(CronWord word, boolean orName) {
    String text = word.text();
    if (text.contains("?")) {
      return dialect == CronDialect.UNIX
          ? "; ? is Quartz's, Unix cron has * for any day"
          : "; ? stands alone, in a day field";
    }
    boolean isOfDays = field == CronField.DAY_OF_MONTH || field == CronField.DAY_OF_WEEK;
    if (dialect == CronDialect.UNIX && isOfDays && SPECIAL.matcher(text).find()) {
      String sign = text.contains("#") ? "#" : text.substring(text.length() - 1);
      return ("; Unix cron has no %s: the dialects quartz and spring have, whose first field is"
              + " seconds, and a recurrence rule (rrule) can say the same")
          .formatted(sign.toUpperCase(Locale.ROOT));
    }
    return orName ? nameHint(text) : "";
  }

  private String nameHint(String text) {
    String begin = text.length() > 3 ? text.substring(0, 3) : "";
    return !begin.isEmpty() && field.named(begin, dialect) >= 0 ? "; write " + begin : "";
  }

  private BitSet fromSunday(BitSet days) {
    BitSet shifted = new BitSet();
    days.stream().forEach(day -> shifted.set(dialect == CronDialect.QUARTZ ? day - 1 : day % 7));
    return shifted;
  }

  private InvalidSchedule invalid(CronWord where, String problem) {
    return new InvalidSchedule(source.text(), where.offset(), problem);
  }
}
