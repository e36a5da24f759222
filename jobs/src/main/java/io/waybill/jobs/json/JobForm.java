package io.waybill.jobs.json;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobStatus;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.time.ScheduleWords;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON form of a job and how it stands, the same on the command line and on the control
 * channel: {@code waybill.job/1}.
 */
public final class JobForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.job/1";

  /** Name and version of a list of such forms under {@code jobs}. */
  public static final String LIST_SCHEMA = "waybill.jobs/1";

  private JobForm() {}

  /**
   * Returns how a job stands.
   *
   * @param definition what the file says of it, if there is one
   */
  public static Map<String, Object> of(JobStatus status, Optional<JobDefinition> definition) {
    ScheduledJob job = status.job();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", job.name());
    definition.ifPresent(
        written -> {
          form.put("description", written.description());
          form.put("enabled", written.enabled());
        });
    form.put("state", Plain.word(status.state()));
    form.put("zone", job.zone().getId());
    // one that is disabled has none in the store
    List<Schedule> schedules =
        definition
            .filter(written -> !written.enabled())
            .map(JobDefinition::schedules)
            .orElse(job.schedules());
    form.put(
        "schedule",
        schedules.stream()
            .map(schedule -> ScheduleWords.describe(schedule, job.zone(), job.name()))
            .toList());
    form.put("schedule-digest", digest(job));
    status.next().ifPresent(next -> form.put("next-firing", next.toString()));
    status.last().ifPresent(run -> form.put("last-run", RunForm.of(run)));
    return form;
  }

  /**
   * Returns a digest of all that decides when the job fires: zone, schedules, calendars, policies.
   */
  private static String digest(ScheduledJob job) {
    StringBuilder text = new StringBuilder(job.toString()); // of records: it names every part
    for (Schedule schedule : job.schedules()) {
      Schedule inner =
          schedule instanceof Schedule.Jittered jittered ? jittered.schedule() : schedule;
      if (inner instanceof Schedule.OnDays on) { // but a calendar by its name only
        DayCalendar days = on.calendar();
        text.append(days.weekdays()).append(days.yearly()).append(days.dates());
      }
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return "sha-256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
