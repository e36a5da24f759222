package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One {@code VEVENT}: its lines, and the days on which it begins. */
final class IcsEvent {
  // Java's durations have no weeks
  private static final Pattern WEEKS = Pattern.compile("P([0-9]{1,4})W");

  private final List<IcsLine> lines;
  private final IcsLine startLine;
  private final IcsTime start;
  private final Duration length;

  private IcsEvent(List<IcsLine> lines, IcsLine startLine) {
    this.lines = lines;
    this.startLine = startLine;
    this.start = IcsTime.one(startLine);
    this.length = length();
  }

  /**
   * Makes the event of some lines; empty if it is cancelled, unless it stands for one of a series.
   *
   * @param begun its {@code BEGIN:VEVENT}
   */
  static Optional<IcsEvent> of(IcsLine begun, List<IcsLine> lines) {
    if (isCancelled(lines) && find(lines, "RECURRENCE-ID").isEmpty()) {
      return Optional.empty();
    }
    IcsLine start =
        find(lines, "DTSTART")
            .orElseThrow(() -> begun.invalid("the event has no DTSTART, so no day; give it one"));
    return Optional.of(new IcsEvent(List.copyOf(lines), start));
  }

  private static boolean isCancelled(List<IcsLine> lines) {
    return lines.stream().anyMatch(line -> line.is("STATUS", "CANCELLED"));
  }

  private static Optional<IcsLine> find(List<IcsLine> lines, String name) {
    return lines.stream().filter(line -> line.name().equals(name)).findFirst();
  }

  String uid() {
    return find(lines, "UID").map(IcsLine::value).orElse("");
  }

  /** Returns the day of the series that this event stands for instead; empty for most. */
  Optional<LocalDate> replaces() {
    return find(lines, "RECURRENCE-ID").map(line -> dayOf(IcsTime.one(line)));
  }

  boolean isRecurring() {
    return find(lines, "RRULE").isPresent();
  }

  boolean isEndless() {
    return find(lines, "RRULE")
        .map(line -> line.value().toUpperCase(Locale.ROOT))
        .filter(rule -> !rule.contains("COUNT=") && !rule.contains("UNTIL="))
        .isPresent();
  }

  InvalidSchedule invalid(String problem) {
    return startLine.invalid(problem);
  }

  /**
   * Returns the days on which it begins, by its own clock.
   *
   * @param replaced days of the series that other events stand for
   * @param most how many are worked out; one more is returned if there are more
   */
  Set<LocalDate> starts(Set<LocalDate> replaced, int most) {
    if (isCancelled(lines)) {
      return Set.of();
    }
    Set<LocalDate> days = new HashSet<>();
    Optional<IcsLine> rule = find(lines, "RRULE");
    if (rule.isPresent()) {
      addRecurring(rule.get(), most, days);
    }
    // the start counts even where the rule does not give it
    days.add(start.local().toLocalDate());
    for (IcsLine line : lines) {
      if (line.name().equals("RDATE") && !line.value().contains("/")) {
        IcsTime.all(line).forEach(time -> days.add(dayOf(time)));
      }
    }
    for (IcsLine line : lines) {
      if (line.name().equals("EXDATE")) {
        IcsTime.all(line).forEach(time -> days.remove(dayOf(time)));
      }
    }
    days.removeAll(replaced);
    return days;
  }

  private void addRecurring(IcsLine line, int most, Set<LocalDate> days) {
    RecurrencePattern pattern = pattern(line);
    Optional<LocalDate> day = pattern.nextDay(start.local().toLocalDate());
    while (day.isPresent() && day.get().getYear() < IcsReader.HORIZON_YEAR && days.size() <= most) {
      days.add(day.get());
      day = pattern.nextDay(day.get().plusDays(1));
    }
  }

  private RecurrencePattern pattern(IcsLine line) {
    try {
      return RecurrencePattern.of(line.value(), start.local(), zone());
    } catch (InvalidSchedule e) {
      throw line.invalid(String.valueOf(e.getMessage()));
    }
  }

  private ZoneId zone() {
    return start.zone().orElse(ZoneOffset.UTC);
  }

  private LocalDate dayOf(IcsTime time) {
    return (start.zone().isPresent() ? time.in(zone()) : time.local()).toLocalDate();
  }

  /** Returns the days that it touches in a zone if it begins on a day; at most {@code most + 1}. */
  List<LocalDate> touched(LocalDate begin, ZoneId wanted, int most) {
    LocalDateTime from = start.on(begin).in(wanted);
    LocalDateTime to = from.plus(length);
    List<LocalDate> days = new ArrayList<>();
    LocalDate day = from.toLocalDate();
    do {
      days.add(day);
      day = day.plusDays(1);
    } while (day.atStartOfDay().isBefore(to) && days.size() <= most);
    return days;
  }

  private Duration length() {
    Optional<IcsLine> end = find(lines, "DTEND");
    if (end.isPresent()) {
      ZoneId common = zone();
      LocalDateTime until = IcsTime.one(end.get()).in(common);
      return forward(Duration.between(start.in(common), until), end.get());
    }
    return find(lines, "DURATION").map(line -> forward(duration(line), line)).orElse(Duration.ZERO);
  }

  private Duration forward(Duration between, IcsLine end) {
    if (between.isNegative()) {
      throw end.invalid("the event ends before it begins in line " + startLine.number());
    }
    return between;
  }

  private static Duration duration(IcsLine line) {
    Matcher weeks = WEEKS.matcher(line.value());
    try {
      return weeks.matches()
          ? Duration.ofDays(7L * Integer.parseInt(weeks.group(1)))
          : Duration.parse(line.value());
    } catch (DateTimeException e) {
      throw line.invalid("DURATION is none: \"" + line.value() + "\"");
    }
  }
}
