package io.waybill.scheduler.time;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The next moments of a timetable, and the clock changes among them; immutable. */
public final class Outlook {
  // a yearly schedule over centuries passes this many; a list for a person needs no more
  static final int MAX_CHANGES = 1000;

  private final List<Entry> entries;

  private Outlook(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** One line of it. */
  public sealed interface Entry {
    /** Returns when it is. */
    Instant at();

    /** Returns what there is to say of it for a person; empty for most. */
    String note();
  }

  /**
   * A moment at which something is due.
   *
   * @param local as clocks of the zone show it
   * @param note what the clock did to it
   */
  public record Due(Instant at, ZonedDateTime local, String note) implements Entry {}

  /**
   * A change of the clock.
   *
   * @param before what clocks showed when it came
   * @param after what they showed at once
   */
  public record ClockChange(Instant at, LocalDateTime before, LocalDateTime after)
      implements Entry {
    @Override
    public String note() {
      boolean sameDay = before.toLocalDate().equals(after.toLocalDate());
      return "clocks go %s from %s to %s"
          .formatted(
              after.isAfter(before) ? "forward" : "back",
              sameDay ? before.toLocalTime() : before,
              sameDay ? after.toLocalTime() : after);
    }
  }

  /**
   * Looks ahead.
   *
   * @param zone of the timetable
   * @param after nothing at or before it is told
   * @param count how many moments at most, fewer if the timetable ends
   */
  public static Outlook of(Timetable timetable, ZoneId zone, Instant after, int count) {
    List<Entry> entries = new ArrayList<>();
    Instant last = after;
    int changes = 0;
    for (int i = 0; i < count; i++) {
      Optional<Instant> next = timetable.next(last);
      if (next.isEmpty()) {
        break;
      }
      List<ClockChange> passed = changes(zone, last, next.get(), MAX_CHANGES - changes);
      entries.addAll(passed);
      changes += passed.size();
      last = next.get();
      entries.add(due(timetable, zone, last));
    }
    return new Outlook(entries);
  }

  /** Lists the first changes of a zone's clock after one moment, until another, included. */
  static List<ClockChange> changes(ZoneId zone, Instant after, Instant until, int most) {
    List<ClockChange> changes = new ArrayList<>();
    ZoneOffsetTransition change = zone.getRules().nextTransition(after);
    while (change != null && !change.getInstant().isAfter(until) && changes.size() < most) {
      changes.add(
          new ClockChange(
              change.getInstant(), change.getDateTimeBefore(), change.getDateTimeAfter()));
      change = zone.getRules().nextTransition(change.getInstant());
    }
    return changes;
  }

  static Due due(Timetable timetable, ZoneId zone, Instant moment) {
    return new Due(moment, moment.atZone(zone), note(timetable, zone.getRules(), moment));
  }

  private static String note(Timetable timetable, ZoneRules rules, Instant due) {
    Optional<LocalDateTime> skipped = timetable.skipped(due);
    if (skipped.isPresent()) {
      return "clock change: for "
          + skipped.get().toLocalTime()
          + ", which is skipped; this is the end of the gap";
    }
    LocalDateTime local = LocalDateTime.ofInstant(due, rules.getOffset(due));
    if (rules.getValidOffsets(local).size() < 2) {
      return "";
    }
    return rules.getValidOffsets(local).get(0).equals(rules.getOffset(due))
        ? "clock change: the first of two times that clocks show this"
        : "clock change: the second of two times that clocks show this";
  }

  /** Returns the moments and changes, in their order. */
  public List<Entry> entries() {
    return entries;
  }

  /** Returns the moments alone. */
  public List<Due> due() {
    return entries.stream().filter(Due.class::isInstance).map(Due.class::cast).toList();
  }
}
