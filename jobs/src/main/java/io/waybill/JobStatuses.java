package io.waybill;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.time.Timetable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How jobs stand, by what the configuration says of them and what the store holds.
 *
 * <p>While jobs are fired the store counts: it is what fires. While nobody fires them the
 * configuration does: it will be put into the store before anything fires again.
 */
final class JobStatuses {
  private static final int NEWEST = 20; // of which the last is chosen

  private final Configuration configuration;
  private final Scheduler scheduler;
  private final RunStore runs;
  private final InstantSource clock;
  private final boolean fires;
  private final Map<String, ScheduledJob> stored = new TreeMap<>();

  JobStatuses(
      Configuration configuration,
      Scheduler scheduler,
      RunStore runs,
      InstantSource clock,
      boolean fires) {
    this.configuration = configuration;
    this.scheduler = scheduler;
    this.runs = runs;
    this.clock = clock;
    this.fires = fires;
    scheduler.scheduledJobs().forEach(job -> stored.put(job.name(), job));
  }

  List<JobStatus> all() {
    return names().stream().map(this::of).toList();
  }

  private List<String> names() {
    return configuration.jobs().isEmpty()
        ? List.copyOf(stored.keySet())
        : configuration.jobs().stream().map(JobDefinition::name).toList();
  }

  JobStatus of(String name) {
    Optional<ScheduledJob> written = configuration.job(name).map(JobDefinition::scheduled);
    Optional<ScheduledJob> held = Optional.ofNullable(stored.get(name));
    ScheduledJob job =
        (fires ? held.or(() -> written) : written.or(() -> held)).orElseThrow(() -> notFound(name));
    boolean paused = held.isPresent() && scheduler.isPaused(name);
    boolean disabled = configuration.job(name).filter(found -> !found.enabled()).isPresent();
    return new JobStatus(
        job,
        paused ? JobState.PAUSED : disabled ? JobState.DISABLED : JobState.ENABLED,
        paused ? Optional.empty() : next(job, held),
        last(name));
  }

  // what waits behind a run tells less than the run
  private Optional<Run> last(String name) {
    List<Run> newest = runs.list(Optional.of(name), NEWEST);
    return newest.stream()
        .filter(run -> run.state() != RunState.QUEUED)
        .findFirst()
        .or(() -> newest.stream().findFirst());
  }

  private Optional<Instant> next(ScheduledJob job, Optional<ScheduledJob> held) {
    return held.equals(Optional.of(job))
        ? scheduler.nextFiring(job.name())
        : Timetable.of(job).next(clock.instant());
  }

  /**
   * Returns the scheduler, which then has the job: one that only the configuration has is put into
   * it first.
   *
   * @throws JobException.NotFound if neither has it
   */
  Scheduler scheduled(String name) {
    if (!stored.containsKey(name)) {
      JobDefinition written = configuration.job(name).orElseThrow(() -> notFound(name));
      scheduler.schedule(written.scheduled());
    }
    return scheduler;
  }

  private JobException.NotFound notFound(String name) {
    return new JobException.NotFound("there is no job \"" + name + "\"; there are: " + names());
  }
}
