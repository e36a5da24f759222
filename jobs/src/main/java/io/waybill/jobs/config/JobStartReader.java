package io.waybill.jobs.config;

import io.waybill.jobs.Due;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.NotifyPolicy;
import io.waybill.jobs.Trigger;
import io.waybill.scheduler.Schedule;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Reads what starts a job, and who hears of it if that or what follows goes wrong. */
final class JobStartReader {
  private final Problems problems;
  private final ScheduleReader schedules;
  private final TriggerReader triggers;
  private final DueReader due;
  private final NotifyReader notify;
  private final JobChain chain;

  JobStartReader(
      ScheduleReader schedules, CalendarNames calendars, Section top, Section.Readers readers) {
    this.schedules = schedules;
    problems = readers.problems();
    chain = new JobChain(problems);
    triggers = new TriggerReader(calendars, chain, problems);
    due = new DueReader(readers, calendars);
    notify = new NotifyReader(new ChannelNames(AlertReader.namesIn(top), problems), problems);
  }

  /** What was read of a job. */
  record Start(
      List<Schedule> schedules,
      List<Trigger> triggers,
      Optional<Due> due,
      NotifyReader.Rules rules) {

    JobDefinition.Builder into(JobDefinition.Builder builder) {
      return builder
          .schedules(schedules)
          .triggers(triggers)
          .due(due.orElse(null))
          .notifyPolicy(rules.hears())
          .anomalies(rules.anomalies());
    }
  }

  /** Reads what {@code defaults} say. */
  NotifyReader.Rules defaults(Optional<Section> defaults) {
    return defaults
        .map(section -> notify.over(NotifyReader.Rules.BUILT_IN, section))
        .orElse(NotifyReader.Rules.BUILT_IN);
  }

  /**
   * Reads what a job says.
   *
   * @param name of the job
   * @param zone of the job
   */
  Start read(Section job, String name, ZoneId zone, NotifyReader.Rules defaults) {
    Start start =
        new Start(
            schedules.read(job, name, zone),
            triggers.read(job, name),
            due.read(job),
            notify.over(defaults, job));
    warnIfNobodyHears(job, start);
    return start;
  }

  /** Checks what can be told only when all jobs were read. */
  void finish(Section top, Section.Readers readers) {
    chain.check(Names.entries(top, "jobs", readers).stream().map(YamlNode.Entry::name).toList());
  }

  private void warnIfNobodyHears(Section job, Start start) {
    NotifyPolicy hears = start.rules().hears();
    if (start.due().isPresent() && hears.overdue().isEmpty()) {
      problems.warning(
          job.origin("due"),
          "nobody hears of it when this job is overdue; say who with notify: { overdue: { to: [...] } }");
    }
    boolean isWatched = start.triggers().stream().anyMatch(trigger -> quietOf(trigger).isPresent());
    if (isWatched && hears.overdue().isEmpty() && hears.quiet().isEmpty()) {
      problems.warning(
          job.origin("trigger"),
          "nobody hears of it when this job's source is quiet; say who with notify: { quiet: { to: [...] } }");
    }
  }

  private static Optional<Trigger.Quiet> quietOf(Trigger trigger) {
    if (trigger instanceof Trigger.FilesArrive files) {
      return files.quiet();
    }
    return trigger instanceof Trigger.MailArrives mail ? mail.quiet() : Optional.empty();
  }
}
