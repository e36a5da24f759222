package io.waybill.jobs.daemon;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.jobs.config.JobFileContents;
import io.waybill.jobs.config.JobFileOutline;
import io.waybill.jobs.json.DefinitionForm;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.time.Timetable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What would be other if files were taken instead of those that count.
 *
 * @param jobs by name, each with what becomes of it
 * @param others keys outside of jobs that differ and would count at once
 * @param restart keys that would count from the next start on
 * @param isByKeys whether it is known which keys differ
 */
public record JobFilePlan(
    List<Change> jobs, List<String> others, List<String> restart, boolean isByKeys) {
  private static final String DAEMON = "daemon.";

  public JobFilePlan {
    jobs = List.copyOf(jobs);
    others = List.copyOf(others);
    restart = List.copyOf(restart);
  }

  /** What becomes of a job. */
  public enum Kind {
    NEW,
    CHANGED,
    REMOVED,
    UNCHANGED
  }

  /**
   * A job, before and after.
   *
   * @param keys that differ; its own, and those of {@code defaults}, calendars and limits that
   *     count for it
   * @param before when it fires next as it is
   * @param after when it would
   */
  public record Change(
      String job, Kind kind, List<String> keys, Optional<String> before, Optional<String> after) {
    public Change {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Compares.
   *
   * @param running what a daemon's control channel tells of its definitions, or the same read from
   *     the store, without {@code outline}
   * @param next what the files say
   */
  public static JobFilePlan of(Map<String, Object> running, JobFileContents next, Instant now) {
    boolean isByKeys = running.containsKey("outline");
    JobFileOutline before = outline(Plain.map(running, "outline"));
    JobFileOutline after = next.outline();
    List<String> around =
        isByKeys ? JobFileOutline.differences(before.others(), after.others()) : List.of();
    Map<String, Map<String, Object>> held = new TreeMap<>();
    Plain.maps(running, "jobs").forEach(job -> held.put(Plain.text(job, "name"), job));
    List<Change> jobs = new ArrayList<>();
    for (JobDefinition job : next.configuration().jobs()) {
      Optional<Map<String, Object>> old = Optional.ofNullable(held.remove(job.name()));
      jobs.add(
          change(
              job,
              old,
              isByKeys ? differences(job.name(), before, after) : List.of(),
              around,
              now));
    }
    held.forEach(
        (name, old) ->
            jobs.add(new Change(name, Kind.REMOVED, List.of(), firing(old), Optional.empty())));
    List<String> restart = isByKeys ? ReloadState.needingRestart(before, after) : List.of();
    return new JobFilePlan(
        jobs,
        around.stream()
            .filter(way -> !way.startsWith(DAEMON) || way.startsWith("daemon.audit"))
            .toList(),
        restart,
        isByKeys);
  }

  private static List<String> differences(String job, JobFileOutline before, JobFileOutline after) {
    return JobFileOutline.differences(
        before.jobs().getOrDefault(job, new TreeMap<>()),
        after.jobs().getOrDefault(job, new TreeMap<>()));
  }

  private static Change change(
      JobDefinition job,
      Optional<Map<String, Object>> old,
      List<String> own,
      List<String> around,
      Instant now) {
    boolean isPaused = old.filter(held -> "paused".equals(held.get("state"))).isPresent();
    Optional<Instant> due = isPaused ? Optional.empty() : Timetable.of(job.scheduled()).next(now);
    Optional<String> after = due.map(Instant::toString);
    if (old.isEmpty()) {
      return new Change(job.name(), Kind.NEW, List.of(), Optional.empty(), after);
    }
    JobStatus status =
        new JobStatus(
            job.scheduled(),
            job.enabled() ? JobState.ENABLED : JobState.DISABLED,
            due,
            Optional.empty());
    Map<String, Object> form = DefinitionForm.of(status, Optional.of(job));
    boolean isOther = !Objects.equals(form.get("hash"), old.get().get("hash"));
    boolean isDueOtherwise =
        !Objects.equals(form.get("schedule-digest"), old.get().get("schedule-digest"));
    Optional<String> before = firing(old.get());
    if (!isOther && !isDueOtherwise) {
      return new Change(job.name(), Kind.UNCHANGED, List.of(), before, before);
    }
    Stream<String> inherited =
        around.stream()
            .filter(
                way ->
                    (isOther && (way.startsWith("defaults") || way.equals("timezone")))
                        || (isDueOtherwise
                            && (way.startsWith("calendars.") || way.startsWith("limits."))));
    return new Change(
        job.name(),
        Kind.CHANGED,
        Stream.concat(own.stream(), inherited).toList(),
        before,
        isDueOtherwise ? after : before);
  }

  private static Optional<String> firing(Map<String, Object> job) {
    return Optional.ofNullable(job.get("next-firing")).map(String::valueOf);
  }

  private static JobFileOutline outline(Map<String, Object> form) {
    SortedMap<String, SortedMap<String, String>> jobs = new TreeMap<>();
    Plain.map(form, "jobs")
        .keySet()
        .forEach(job -> jobs.put(job, texts(Plain.map(form, "jobs"), job)));
    return new JobFileOutline(jobs, texts(form, "others"));
  }

  private static SortedMap<String, String> texts(Map<String, Object> form, String key) {
    SortedMap<String, String> texts = new TreeMap<>();
    Plain.map(form, key).forEach((way, digest) -> texts.put(way, String.valueOf(digest)));
    return texts;
  }

  /** Returns whether anything would be other. */
  public boolean isChange() {
    return !others.isEmpty()
        || !restart.isEmpty()
        || jobs.stream().anyMatch(job -> job.kind() != Kind.UNCHANGED);
  }

  /** Returns the form of {@code waybill.plan/1}. */
  public Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("changes", isChange());
    form.put("by-keys", isByKeys);
    form.put("jobs", jobs.stream().map(JobFilePlan::form).toList());
    form.put("others", others);
    form.put("restart-needed", restart);
    return form;
  }

  private static Map<String, Object> form(Change change) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", change.job());
    form.put("change", Plain.word(change.kind()));
    form.put("keys", change.keys());
    change.before().ifPresent(at -> form.put("next-before", at));
    change.after().ifPresent(at -> form.put("next-after", at));
    return form;
  }
}
