package io.waybill.jobs.json;

import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.time.Agenda;
import io.waybill.scheduler.time.DueReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON form of the next firings of jobs, the same on the command line and on the control
 * channel: {@code waybill.next/1}.
 */
public final class AgendaForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.next/1";

  /** The most moments that are told at once. */
  public static final int MOST = 1000;

  private AgendaForm() {}

  /**
   * Returns the next firings of those of the jobs that are fired.
   *
   * @param after nothing at or before it is told
   * @param count how many at most, all jobs together
   */
  public static Map<String, Object> of(List<JobStatus> jobs, Instant after, int count) {
    List<ScheduledJob> fired =
        jobs.stream().filter(job -> job.state() == JobState.ENABLED).map(JobStatus::job).toList();
    List<Object> next = new ArrayList<>();
    List<Object> changes = new ArrayList<>();
    for (Agenda.Entry entry : Agenda.of(fired, after, count).entries()) {
      if (entry instanceof Agenda.Due due) {
        next.add(plain(due));
      } else {
        changes.add(plain((Agenda.ClockChange) entry));
      }
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("next", next);
    form.put("changes", changes);
    return form;
  }

  private static Map<String, Object> plain(Agenda.Due due) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("at", due.at().toString());
    plain.put("job", due.job().name());
    plain.put("zone", due.job().zone().getId());
    plain.put("local", due.due().local().toOffsetDateTime().toString());
    plain.put("schedule", due.reasons().stream().map(DueReason::words).toList());
    List<String> marks = new ArrayList<>();
    due.reasons().forEach(reason -> marks.addAll(reason.marks()));
    if (!due.due().note().isEmpty()) {
      marks.add(due.due().note());
    }
    plain.put("marks", marks);
    return plain;
  }

  private static Map<String, Object> plain(Agenda.ClockChange change) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("at", change.at().toString());
    plain.put("zone", change.zone().getId());
    plain.put("before", change.change().before().toString());
    plain.put("after", change.change().after().toString());
    plain.put("words", change.change().note());
    return plain;
  }
}
