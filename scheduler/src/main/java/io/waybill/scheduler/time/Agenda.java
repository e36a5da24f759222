package io.waybill.scheduler.time;

import io.waybill.scheduler.ScheduledJob;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** The next moments of several jobs, and the clock changes of their zones among them; immutable. */
public final class Agenda {
  private final List<Entry> entries;

  private Agenda(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** One line of it. */
  public sealed interface Entry {
    /** Returns when it is. */
    Instant at();
  }

  /**
   * A moment at which a job is due.
   *
   * @param due as clocks of the job's zone show it
   * @param reasons the schedules by which it is
   */
  public record Due(ScheduledJob job, Outlook.Due due, List<DueReason> reasons) implements Entry {
    /** Copies the reasons. */
    public Due {
      reasons = List.copyOf(reasons);
    }

    @Override
    public Instant at() {
      return due.at();
    }
  }

  /** A change of the clock in a zone of jobs that are due. */
  public record ClockChange(ZoneId zone, Outlook.ClockChange change) implements Entry {
    @Override
    public Instant at() {
      return change.at();
    }
  }

  /**
   * Looks ahead.
   *
   * @param after nothing at or before it is told
   * @param count how many moments of all jobs together at most, fewer if their timetables end
   * @throws io.waybill.scheduler.SchedulerException.InvalidSchedule if a schedule cannot be
   *     understood
   */
  public static Agenda of(Collection<ScheduledJob> jobs, Instant after, int count) {
    PriorityQueue<Next> queue =
        new PriorityQueue<>(
            Comparator.comparing(Next::at).thenComparing(next -> next.of().job().name()));
    for (ScheduledJob job : jobs) {
      Next.after(new Looked(job, Timetable.of(job), DueReasons.of(job)), after)
          .ifPresent(queue::add);
    }
    List<Entry> entries = new ArrayList<>();
    Set<ZoneId> zones = new LinkedHashSet<>();
    Instant last = after;
    while (entries.size() < count && !queue.isEmpty()) {
      Next next = queue.remove();
      entries.add(next.due());
      zones.add(next.of().job().zone());
      last = next.at();
      Next.after(next.of(), last).ifPresent(queue::add);
    }
    for (ZoneId zone : zones) {
      for (Outlook.ClockChange change : Outlook.changes(zone, after, last, Outlook.MAX_CHANGES)) {
        entries.add(new ClockChange(zone, change));
      }
    }
    // a change comes before what is due at its moment, which is already on the new clock
    entries.sort(
        Comparator.comparing(Entry::at).thenComparing(entry -> entry instanceof Due ? 1 : 0));
    return new Agenda(entries);
  }

  /** A job that is looked at. */
  private record Looked(ScheduledJob job, Timetable timetable, DueReasons reasons) {}

  /** The moment at which a job is due next. */
  private record Next(Looked of, Instant at) {
    static Optional<Next> after(Looked job, Instant after) {
      return job.timetable().next(after).map(at -> new Next(job, at));
    }

    Due due() {
      return new Due(
          of.job(), Outlook.due(of.timetable(), of.job().zone(), at), of.reasons().at(at));
    }
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
