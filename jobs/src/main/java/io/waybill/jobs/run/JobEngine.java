package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs: those that the scheduler fires, and those that a caller runs itself. It opens or
 * claims each run, keeps its lease, and knows the live ones so that they can be ended.
 */
public final class JobEngine implements FiringHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobEngine.class);
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final StepServices services;
  private final RunStore runs;
  private final RunJournal journal;
  private final RunLogs logs;
  private final ScheduledWork work = new ScheduledWork(new ParameterResolver(Filters.standard()));
  private final RunListener listener;
  private final Watchdog watchdog = new Watchdog();
  private final Map<String, RunControl> live = new ConcurrentHashMap<>();
  private volatile Consumer<Run> afterEachRun = run -> {};
  private volatile Definitions definitions;
  private volatile boolean closing;

  /**
   * What the file says, and what carries it out: a run keeps to those it began with.
   *
   * @param leaving jobs that are no longer in the file and may still be fired
   */
  private record Definitions(
      Configuration configuration, JobRunner runner, Map<String, JobDefinition> leaving) {
    Optional<JobDefinition> job(String name) {
      return configuration.job(name).or(() -> Optional.ofNullable(leaving.get(name)));
    }
  }

  public JobEngine(
      Configuration configuration,
      StepServices services,
      RunStore runs,
      RunJournal journal,
      RunLogs logs,
      RunListener listener) {
    this.services = services;
    this.runs = runs;
    this.journal = journal;
    this.logs = logs;
    this.listener = new IsolatedListener(listener);
    this.definitions = new Definitions(configuration, runner(configuration), Map.of());
    runs.membership().watch(new Hears());
  }

  /** Sets who hears of each run that has ended or was left here, when that is written. */
  public void afterEachRun(Consumer<Run> hears) {
    afterEachRun = hears;
  }

  private JobRunner runner(Configuration configuration) {
    StepServices own = services.with(configuration.connections());
    StepRunner steps = new StepRunner(own, journal, watchdog, new Random(), listener);
    return new JobRunner(steps, journal, listener, own.clock());
  }

  /**
   * Takes another file over. Runs at work go on as they began; those that begin or go on from now
   * on do what this one says. Jobs that it does not have are known until {@link #forgetLeaving}, as
   * they may be fired until they are unscheduled.
   */
  public synchronized void replace(Configuration next) {
    Map<String, JobDefinition> leaving = new HashMap<>(definitions.leaving());
    definitions.configuration().jobs().forEach(job -> leaving.put(job.name(), job));
    next.jobs().forEach(job -> leaving.remove(job.name()));
    definitions = new Definitions(next, runner(next), Map.copyOf(leaving));
  }

  /** Knows no job any more that is not in the file. */
  public synchronized void forgetLeaving() {
    Definitions now = definitions;
    definitions = new Definitions(now.configuration(), now.runner(), Map.of());
  }

  /** Carries out what the scheduler fires, on the scheduler's thread. */
  @Override
  public void fire(Firing firing) {
    Run run =
        firing.run().orElseThrow(() -> new IllegalStateException("the scheduler keeps no runs"));
    Definitions by = definitions;
    Optional<JobDefinition> job = by.job(firing.job());
    if (job.isPresent()) {
      carryOut(run, job.get(), by, firing.movedFrom().isPresent());
      return;
    }
    LOG.warn("event=firing-of-unknown-job job={}", firing.job());
    runs.finish(
        run,
        RunState.FAILED,
        Optional.of(FailureClass.CONFIGURATION),
        "job \"" + firing.job() + "\" is no longer in the file",
        run.payload());
  }

  @Override
  public boolean knows(String job) {
    return definitions.job(job).isPresent();
  }

  /**
   * Freezes the parameters that a scheduled run has by default: so the record tells them, and a
   * retry is known to do the same as another run or not.
   */
  @Override
  public String payload(String job, Instant scheduledAt) {
    Definitions by = definitions;
    return by.job(job)
        .map(found -> work.payload(found, scheduledAt, by.configuration()))
        .orElse("");
  }

  @Override
  public void ended(Run run) {
    if (run.startedAt().isPresent()) {
      Definitions by = definitions;
      by.job(run.job()).ifPresent(job -> by.runner().abandon(run, job, by.configuration()));
    }
    listener.on(new RunEvent.RunEnded(journal.record(run)));
    afterEachRun.accept(run);
  }

  /** Carries out a run that the caller has opened, on the caller's thread. */
  public RunRecord carryOut(Run run, JobDefinition job) {
    try {
      return carryOut(run, job, definitions, false);
    } finally {
      runs.letGo(run.id());
    }
  }

  private RunRecord carryOut(Run run, JobDefinition job, Definitions by, boolean moved) {
    RunControl control = new RunControl();
    live.put(run.id(), control);
    run.ending().or(() -> runs.ending(run.id())).ifPresent(control::cancel);
    if (closing) {
      control.end(Cause.SHUTDOWN);
    }
    try {
      RunRecord record;
      try (RunLogs.Open log = logs.open(run.id())) {
        record = by.runner().run(run, job, by.configuration(), control, moved);
      }
      if (record.run().state().isFinished()) {
        listener.on(new RunEvent.RunEnded(record));
      }
      afterEachRun.accept(record.run());
      return record;
    } finally {
      live.remove(run.id());
      if (control.wasInterrupted()) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What others decide about the runs that are live here. */
  private final class Hears implements RunWatch {
    @Override
    public void endRequested(String runId, String why) {
      Optional.ofNullable(live.get(runId)).ifPresent(control -> control.cancel(why));
    }

    @Override
    public void lost(String runId) {
      Optional.ofNullable(live.get(runId)).ifPresent(control -> control.end(Cause.LOST));
    }
  }

  /**
   * Ends a live run.
   *
   * @throws JobException.NotFound if it is not live here
   */
  public void cancel(String runId) {
    if (!live.containsKey(runId)) {
      throw new JobException.NotFound("run " + runId + " is not live in this process");
    }
    cancelIfLive(runId);
  }

  /** Ends a run if it is live here. */
  public void cancelIfLive(String runId) {
    RunControl control = live.get(runId);
    if (control != null) {
      control.end(Cause.CANCELLED);
    }
  }

  /** Cancels all live runs. */
  public void cancelAll() {
    live.values().forEach(control -> control.end(Cause.CANCELLED));
  }

  /** Ends the attempts of all live runs; the runs go on in the next process. */
  public void endAll() {
    live.values().forEach(control -> control.end(Cause.SHUTDOWN));
  }

  /** Returns the ids of the runs that are being carried out in this process. */
  public List<String> liveRuns() {
    return List.copyOf(live.keySet());
  }

  /**
   * Returns whether a run is done with steps of its job: they succeeded or were left out, and
   * count.
   */
  public boolean hasResults(Run run, JobDefinition job, List<String> steps) {
    RunProgress progress = journal.progress(run, job);
    return steps.stream().allMatch(progress::isDone);
  }

  /** Returns everything known of a run. */
  public Optional<RunRecord> find(String runId) {
    return runs.find(runId).map(journal::record);
  }

  /** Ends what is live, waits for it at most half a minute, and lets nothing new begin. */
  @Override
  public void close() {
    closing = true;
    endAll();
    Instant deadline = Instant.now().plus(CLOSING);
    while (!live.isEmpty() && Instant.now().isBefore(deadline)) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    if (!live.isEmpty()) {
      LOG.warn("event=runs-left-at-close runs={}", live.keySet());
    }
    watchdog.close();
  }

  /** A listener's own failure is logged and changes nothing. */
  private record IsolatedListener(RunListener listener) implements RunListener {
    @Override
    public void on(RunEvent event) {
      try {
        listener.on(event);
      } catch (RuntimeException e) {
        LOG.warn("event=listener-failed kind={}", event.getClass().getSimpleName(), e);
      }
    }
  }
}
