package io.waybill.scheduler.time;

import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.SchedulerException.InvalidSchedule;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads which days the events of an iCalendar file touch (RFC 5545): those of a whole day and those
 * with times, {@code RRULE}, {@code RDATE}, {@code EXDATE} and replaced ones of a series. What it
 * costs is bounded, whatever the file says.
 *
 * <p>Whether an event means "closed" is for the file's author to say: all count, except cancelled
 * ones. An event of some hours takes its whole day.
 */
public final class IcsReader {
  /** Rules without an end are written out until the end of the year before. */
  static final int HORIZON_YEAR = 2100;

  private static final int MAX_LENGTH = 1 << 20;
  private static final int MAX_EVENTS = 10_000;
  private static final int MAX_DAYS = 20_000;

  private IcsReader() {}

  /**
   * Reads a file's text.
   *
   * @param text at most 1,048,576 characters
   * @param zone in which days begin
   * @throws SchedulerException.InvalidSchedule if it is no iCalendar file, has more than 10,000
   *     events or 20,000 days, something that begins in it does not end, an event has no start or
   *     ends before it, or a date or rule cannot be understood; its message names the line
   */
  public static IcsDays read(String text, ZoneId zone) {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidSchedule("", 0, "it is longer than 1 MiB");
    }
    List<IcsEvent> events =
        events(IcsLine.all(text.startsWith("\ufeff") ? text.substring(1) : text));
    Map<String, Set<LocalDate>> replaced = new HashMap<>();
    for (IcsEvent event : events) {
      event
          .replaces()
          .ifPresent(day -> replaced.computeIfAbsent(event.uid(), uid -> new HashSet<>()).add(day));
    }
    Set<LocalDate> days = new HashSet<>();
    Extent extent = new Extent();
    int counted = 0;
    for (IcsEvent event : events) {
      Set<LocalDate> gone =
          event.replaces().isPresent() ? Set.of() : replaced.getOrDefault(event.uid(), Set.of());
      for (LocalDate start : event.starts(gone, MAX_DAYS - counted)) {
        for (LocalDate day : event.touched(start, zone, MAX_DAYS - counted)) {
          if (++counted > MAX_DAYS) {
            throw event.invalid("it has more than " + MAX_DAYS + " days with this event");
          }
          days.add(day);
          extent.add(event, day);
        }
      }
    }
    return new IcsDays(days, extent.end());
  }

  private static List<IcsEvent> events(List<IcsLine> lines) {
    if (lines.isEmpty() || !lines.get(0).is("BEGIN", "VCALENDAR")) {
      throw new InvalidSchedule("", 0, "it is no iCalendar file: BEGIN:VCALENDAR is missing");
    }
    List<IcsEvent> events = new ArrayList<>();
    List<IcsLine> own = new ArrayList<>();
    Deque<IcsLine> open = new ArrayDeque<>();
    for (IcsLine line : lines) {
      if (line.name().equals("BEGIN")) {
        begin(line, open);
      } else if (line.name().equals("END")) {
        IcsLine begun = end(line, open);
        if (begun.is("BEGIN", "VEVENT")) {
          IcsEvent.of(begun, own).ifPresent(events::add);
          own.clear();
        }
        if (events.size() > MAX_EVENTS) {
          throw line.invalid("it has more than " + MAX_EVENTS + " events");
        }
      } else if (!open.isEmpty() && open.element().is("BEGIN", "VEVENT")) {
        own.add(line); // what stands inside of an event, such as an alarm, has lines of its own
      }
    }
    if (!open.isEmpty()) {
      throw unended(open.element(), "");
    }
    return events;
  }

  // an event whose end is missing would take those behind it along, and their days would count
  private static void begin(IcsLine line, Deque<IcsLine> open) {
    if (line.is("BEGIN", "VEVENT")) {
      if (open.isEmpty()) {
        throw line.invalid("the event stands outside of BEGIN:VCALENDAR and END:VCALENDAR");
      }
      if (!open.element().is("BEGIN", "VCALENDAR")) {
        throw unended(open.element(), " before the event that begins in line " + line.number());
      }
    }
    open.push(line);
  }

  private static IcsLine end(IcsLine line, Deque<IcsLine> open) {
    if (open.isEmpty()) {
      throw line.invalid("END:" + line.value() + " ends what has not begun");
    }
    if (!open.element().is("BEGIN", line.value())) {
      throw unended(open.element(), " before END:" + line.value() + " in line " + line.number());
    }
    return open.pop();
  }

  private static InvalidSchedule unended(IcsLine begun, String where) {
    return begun.invalid(
        "BEGIN:"
            + begun.value()
            + " has no END:"
            + begun.value()
            + where
            + "; something cut the file off or took a line out: take a whole copy");
  }

  /** Where the file ends. */
  private static final class Extent {
    private Optional<LocalDate> ofSingle = Optional.empty();
    private Optional<LocalDate> ofRules = Optional.empty();
    private boolean endless;

    void add(IcsEvent event, LocalDate day) {
      if (!event.isRecurring()) {
        ofSingle = later(ofSingle, day);
      } else if (event.isEndless()) {
        endless = true;
      } else {
        ofRules = later(ofRules, day);
      }
    }

    private static Optional<LocalDate> later(Optional<LocalDate> one, LocalDate other) {
      return Optional.of(one.filter(other::isBefore).orElse(other));
    }

    Optional<LocalDate> end() {
      return ofSingle.or(() -> endless ? Optional.empty() : ofRules);
    }
  }
}
