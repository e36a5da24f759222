package io.waybill.scheduler.time;

import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in English what a recurrence rule means. */
final class RecurrenceWords {
  private static final Map<String, String> UNITS =
      Map.of("DAILY", "day", "WEEKLY", "week", "MONTHLY", "month", "YEARLY", "year");
  private static final List<String> DAYS = List.of("SU", "MO", "TU", "WE", "TH", "FR", "SA");
  private static final Pattern DAY = Pattern.compile("([+-]?[0-9]+)?([A-Z]{2})");

  private static final Pattern LATE_DAY = Pattern.compile("29|30|31");

  private final RecurrenceText rule;
  private final LocalDateTime from;

  private RecurrenceWords(RecurrenceText rule, LocalDateTime from) {
    this.rule = rule;
    this.from = from;
  }

  /** Returns a sentence without a full stop for a rule that {@link RecurrencePattern} has read. */
  static String of(String text, LocalDateTime from, ZoneId zone) {
    return new RecurrenceWords(RecurrenceText.parse(text), from).sentence(zone);
  }

  /** Returns what a rule may mean besides what was meant. */
  static List<Warning> warnings(String text) {
    RecurrenceText rule = RecurrenceText.parse(text);
    boolean isMonthly = rule.value("FREQ").filter("MONTHLY"::equalsIgnoreCase).isPresent();
    List<String> days = rule.values("BYMONTHDAY");
    if (!isMonthly || days.isEmpty() || !days.stream().allMatch(LATE_DAY.asMatchPredicate())) {
      return List.of();
    }
    String first = days.stream().sorted().findFirst().orElseThrow();
    return List.of(
        new Warning(
            Math.max(0, text.toUpperCase(Locale.ROOT).indexOf("BYMONTHDAY")),
            "it is not due in months that have no day "
                + first
                + "; the last day is BYMONTHDAY=-1"));
  }

  private String sentence(ZoneId zone) {
    String freq = rule.value("FREQ").orElse("").toUpperCase(Locale.ROOT);
    StringBuilder text = new StringBuilder("Every ");
    text.append(
        English.each(
            rule.value("INTERVAL").map(Long::parseLong).orElse(1L),
            UNITS.getOrDefault(freq, "day")));
    days(freq).ifPresent(days -> text.append(" on ").append(days));
    part("BYMONTH", " in ", value -> English.month(Integer.parseInt(value)), text);
    part("BYWEEKNO", " in week ", value -> value, text);
    text.append(" at ").append(English.and(times()));
    text.append(", from ").append(from.toLocalDate());
    rule.value("COUNT").ifPresent(count -> text.append(", ").append(count).append(" times"));
    rule.until(zone).ifPresent(until -> text.append(", until ").append(until(until)));
    return text.toString();
  }

  private static String until(LocalDateTime until) {
    return until.toLocalTime().equals(LocalTime.MAX)
        ? until.toLocalDate().toString()
        : until.toLocalDate() + " " + until.toLocalTime();
  }

  private Optional<String> days(String freq) {
    List<String> all = new ArrayList<>();
    List<String> weekdays = rule.values("BYDAY").stream().map(RecurrenceWords::weekday).toList();
    List<String> dates = rule.values("BYMONTHDAY").stream().map(RecurrenceWords::date).toList();
    if (!dates.isEmpty()) {
      all.add(English.and(dates));
    }
    if (!weekdays.isEmpty()) {
      all.add((dates.isEmpty() ? "" : "if it is ") + English.and(weekdays));
    }
    List<String> yearDays = rule.values("BYYEARDAY");
    if (!yearDays.isEmpty()) {
      all.add("day " + English.and(yearDays) + " of the year");
    }
    if (all.isEmpty()) {
      return implied(freq);
    }
    String days = String.join(", ", all);
    List<String> positions = rule.values("BYSETPOS");
    return Optional.of(
        positions.isEmpty()
            ? days
            : English.and(positions.stream().map(RecurrenceWords::position).toList())
                + " of "
                + days);
  }

  /** Returns what the start says where the rule does not: its weekday, its day of the month. */
  private Optional<String> implied(String freq) {
    return switch (freq) {
      case "WEEKLY" -> Optional.of(English.weekday(from.getDayOfWeek().getValue() % 7));
      case "MONTHLY" -> Optional.of("day " + from.getDayOfMonth());
      case "YEARLY" ->
          rule.values("BYWEEKNO").isEmpty()
              ? Optional.of(
                  rule.values("BYMONTH").isEmpty()
                      ? from.getDayOfMonth() + " " + English.month(from.getMonthValue())
                      : "day " + from.getDayOfMonth())
              : Optional.of(English.weekday(from.getDayOfWeek().getValue() % 7));
      default -> Optional.empty();
    };
  }

  private void part(String name, String before, Function<String, String> word, StringBuilder text) {
    List<String> values = rule.values(name);
    if (!values.isEmpty()) {
      text.append(before).append(English.and(values.stream().map(word).toList()));
    }
  }

  private static String weekday(String text) {
    Matcher day = DAY.matcher(text.toUpperCase(Locale.ROOT));
    if (!day.matches()) {
      return text;
    }
    String name = English.weekday(Math.max(0, DAYS.indexOf(day.group(2))));
    return day.group(1) == null ? name : position(day.group(1)) + " " + name;
  }

  private static String date(String text) {
    int day = Integer.parseInt(text);
    return day > 0
        ? "day " + day
        : day == -1 ? "the last day" : "the " + English.ordinal(-day) + " day from the end";
  }

  private static String position(String text) {
    int position = Integer.parseInt(text);
    return position > 0
        ? "the " + English.ordinal(position)
        : position == -1 ? "the last" : "the " + English.ordinal(-position) + " from the end";
  }

  private List<String> times() {
    List<String> times = new ArrayList<>();
    for (int hour : numbers("BYHOUR", from.getHour())) {
      for (int minute : numbers("BYMINUTE", from.getMinute())) {
        for (int second : numbers("BYSECOND", from.getSecond())) {
          times.add(LocalTime.of(hour, minute, Math.min(second, 59)).toString());
        }
      }
    }
    return times;
  }

  private List<Integer> numbers(String name, int absent) {
    List<String> values = rule.values(name);
    return values.isEmpty() ? List.of(absent) : values.stream().map(Integer::parseInt).toList();
  }
}
