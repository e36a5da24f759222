package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.time.Month;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Reads a Unix cron expression, and refuses what would mean something else than it seems to. */
final class CronParser {
  private static final String MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec";
  private static final String WEEKDAYS = "sun mon tue wed thu fri sat";

  private final String text;

  CronParser(String text) {
    this.text = text;
  }

  /** One blank-separated word of the expression. */
  private record Word(String text, int offset) {}

  /** A field: what it is called, its range, and the names its values may have. */
  private enum Field {
    MINUTE("minute", 0, 59, ""),
    HOUR("hour", 0, 23, ""),
    DAY_OF_MONTH("day of month", 1, 31, ""),
    MONTH("month", 1, 12, MONTHS),
    DAY_OF_WEEK("day of week", 0, 7, WEEKDAYS);

    final String title;
    final int min;
    final int max;
    final String names;

    Field(String title, int min, int max, String names) {
      this.title = title;
      this.min = min;
      this.max = max;
      this.names = names;
    }

    /** Returns which of the names a word is, from 0, or -1. */
    int indexOf(String word) {
      return List.of(names.split(" ", -1)).indexOf(word.toLowerCase(Locale.ROOT));
    }
  }

  CronFields parse() {
    List<Word> words = words();
    requireFiveFields(words);
    BitSet minutes = field(Field.MINUTE, words.get(0));
    BitSet hours = field(Field.HOUR, words.get(1));
    BitSet daysOfMonth = field(Field.DAY_OF_MONTH, words.get(2));
    BitSet months = field(Field.MONTH, words.get(3));
    BitSet daysOfWeek = sundayIsZero(field(Field.DAY_OF_WEEK, words.get(4)));
    requireOneKindOfDay(daysOfMonth, daysOfWeek, words);
    requireSomeDay(daysOfMonth, months, words.get(2));
    boolean interval = isInterval(words.get(0)) || isInterval(words.get(1));
    CronFields.Days days = new CronFields.Days(daysOfMonth, months, daysOfWeek);
    return new CronFields(minutes, hours, days, interval);
  }

  private List<Word> words() {
    List<Word> words = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      if (isBlank(text.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      while (i < text.length() && !isBlank(text.charAt(i))) {
        i++;
      }
      words.add(new Word(text.substring(start, i), start));
    }
    return words;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private void requireFiveFields(List<Word> words) {
    if (words.size() == 5) {
      return;
    }
    String hint =
        switch (words.size()) {
          case 6, 7 -> "; six or seven are Quartz's, whose first field is seconds: leave it out";
          case 1 -> words.get(0).text().startsWith("@") ? "; macros are not supported" : "";
          default -> "";
        };
    throw new InvalidSchedule(
        text,
        words.size() > 5 ? words.get(5).offset() : text.length(),
        "a cron expression has five fields (minute, hour, day of month, month, day of week), this"
            + " has "
            + words.size()
            + hint);
  }

  private BitSet field(Field field, Word word) {
    BitSet values = new BitSet();
    int offset = word.offset();
    for (String item : word.text().split(",", -1)) {
      addItem(field, new Word(item, offset), values);
      offset += item.length() + 1;
    }
    return values;
  }

  private void addItem(Field field, Word item, BitSet values) {
    int slash = item.text().indexOf('/');
    Word span = slash < 0 ? item : new Word(item.text().substring(0, slash), item.offset());
    int step = slash < 0 ? 1 : step(field, item, slash);
    int dash = span.text().indexOf('-');
    int first;
    int last;
    if (span.text().equals("*")) {
      first = field.min;
      last = field == Field.DAY_OF_WEEK ? 6 : field.max;
    } else if (dash < 0) {
      first = value(field, span);
      last = first;
      if (slash >= 0) {
        throw new InvalidSchedule(
            text,
            item.offset(),
            "\"%s\": a step needs a range to step through; write %s-%d/%d"
                .formatted(item.text(), span.text(), field.max, step));
      }
    } else {
      first = value(field, new Word(span.text().substring(0, dash), span.offset()));
      last = value(field, new Word(span.text().substring(dash + 1), span.offset() + dash + 1));
      if (last == 0 && first > 0 && span.text().toLowerCase(Locale.ROOT).endsWith("-sun")) {
        last = 7;
      }
      requireForward(field, span, first, last);
    }
    for (int value = first; value <= last; value += step) {
      values.set(value);
    }
  }

  private int step(Field field, Word item, int slash) {
    Word number = new Word(item.text().substring(slash + 1), item.offset() + slash + 1);
    int step = number(number, "a step in " + field.title);
    if (step < 1 || step > field.max) {
      throw new InvalidSchedule(
          text,
          number.offset(),
          "a step in %s is 1 to %d, this is %d".formatted(field.title, field.max, step));
    }
    return step;
  }

  private void requireForward(Field field, Word span, int first, int last) {
    if (last < first) {
      throw new InvalidSchedule(
          text,
          span.offset(),
          "\"%s\" goes backwards; write %d-%d,%d-%d"
              .formatted(span.text(), first, field.max, field.min, last));
    }
  }

  private int value(Field field, Word word) {
    int named = field.indexOf(word.text());
    if (named >= 0 && !word.text().isEmpty()) {
      return named + field.min;
    }
    int value = number(word, field.title);
    if (value < field.min || value > field.max) {
      throw new InvalidSchedule(
          text,
          word.offset(),
          "%s is %d to %d, this is %d".formatted(field.title, field.min, field.max, value));
    }
    return value;
  }

  private int number(Word word, String what) {
    boolean digits =
        !word.text().isEmpty() && word.text().chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && word.text().length() <= 4) {
      return Integer.parseInt(word.text());
    }
    String hint =
        word.text().matches(".*[?LW#].*")
            ? "; ?, L, W and # are Quartz's, not Unix cron's: use * for any day"
            : "";
    String shown = word.text().isEmpty() ? "nothing" : "\"" + word.text() + "\"";
    throw new InvalidSchedule(
        text, word.offset(), what + " is a number or a name, this is " + shown + hint);
  }

  private static BitSet sundayIsZero(BitSet days) {
    if (days.get(7)) {
      days.set(0);
      days.clear(7);
    }
    return days;
  }

  private void requireOneKindOfDay(BitSet daysOfMonth, BitSet daysOfWeek, List<Word> words) {
    if (daysOfMonth.cardinality() < 31 && daysOfWeek.cardinality() < 7) {
      throw new InvalidSchedule(
          text,
          words.get(2).offset(),
          ("day of month %s and day of week %s together mean \"either\" to Unix cron, and \"both\""
                  + " to most readers; for either, list two schedules: one with * as day of week,"
                  + " one with * as day of month")
              .formatted(words.get(2).text(), words.get(4).text()));
    }
  }

  private void requireSomeDay(BitSet daysOfMonth, BitSet months, Word dayWord) {
    boolean some =
        months.stream().anyMatch(month -> daysOfMonth.nextSetBit(0) <= Month.of(month).maxLength());
    if (!some) {
      throw new InvalidSchedule(
          text,
          dayWord.offset(),
          "it is never due: none of its months has a day " + dayWord.text());
    }
  }

  private static boolean isInterval(Word word) {
    return word.text().contains("*") || word.text().contains("/");
  }
}
