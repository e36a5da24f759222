package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fires jobs with Quartz, whose tables are in the scheduler's store. */
public final class QuartzScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(QuartzScheduler.class);
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(10);

  private final Engine engine;
  private final RunStore runs;
  private final Dispatcher dispatcher;

  private QuartzScheduler(
      Store store, RunStore runs, FiringHandler handler, EngineSettings settings) {
    this.runs = runs;
    this.engine = new Engine(store, runs.owner(), settings.threads());
    this.dispatcher = new Dispatcher(runs, handler, settings.onTime(), engine::fireOnce);
    engine.dispatchTo(dispatcher);
  }

  /**
   * Opens the scheduler over a store; it fires nothing before {@link #start}.
   *
   * @param store stays the caller's, who closes it after the scheduler
   * @param runs where decisions are recorded; the same that the handler uses, so that they are one
   *     owner
   * @param handler what firings are handed to
   * @throws SchedulerException.EngineFailed if Quartz refuses
   */
  public static QuartzScheduler open(Store store, RunStore runs, FiringHandler handler) {
    return open(store, runs, handler, EngineSettings.DEFAULT);
  }

  /** As {@link #open(Store, RunStore, FiringHandler)}, with settings. */
  public static QuartzScheduler open(
      Store store, RunStore runs, FiringHandler handler, EngineSettings settings) {
    return new QuartzScheduler(store, runs, handler, settings);
  }

  @Override
  public void schedule(ScheduledJob job) {
    engine.schedule(job);
  }

  @Override
  public void unschedule(String name) {
    engine.unschedule(name);
    for (Run run : runs.unfinished(name)) {
      runs.skipQueued(run.id(), "the job was unscheduled before the run began");
    }
  }

  @Override
  public List<ScheduledJob> scheduledJobs() {
    return engine.jobs();
  }

  @Override
  public String trigger(String job, String payloadJson) {
    engine.requireJob(job);
    Run run = runs.enqueue(job, TriggerKind.MANUAL, Instant.now(), "", payloadJson).orElseThrow();
    engine.fireOnce(job, run.id());
    return run.id();
  }

  @Override
  public Optional<Instant> nextFiring(String job) {
    return engine.nextFiring(job);
  }

  @Override
  public boolean isPaused(String job) {
    return engine.isPaused(job);
  }

  @Override
  public void pause(String job) {
    engine.pause(job);
  }

  @Override
  public void resume(String job) {
    engine.resume(job);
  }

  /**
   * Starts firing, and brings back every run that a dead process left unfinished or queued.
   *
   * @throws SchedulerException.EngineFailed if Quartz refuses
   */
  @Override
  public void start() {
    for (Run run : runs.unfinished()) {
      bringBack(run);
    }
    engine.start();
  }

  private void bringBack(Run run) {
    if (runs.isHeld(run)) {
      return;
    }
    if (engine.hasJob(run.job())) {
      engine.fireOnce(run.job(), run.id());
    } else {
      LOG.warn("event=run_without_job run={} job={} state={}", run.id(), run.job(), run.state());
    }
  }

  @Override
  public boolean drain(Duration limit) {
    engine.standby();
    return awaitNone(limit);
  }

  @Override
  public void close() {
    if (engine.isClosed()) {
      return;
    }
    dispatcher.closing();
    engine.standby();
    dispatcher.active().interruptAll();
    try {
      if (!engine.close(INTERRUPT_GRACE)) {
        LOG.warn("event=firings_ignore_interrupt waited={}", INTERRUPT_GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitNone(Duration limit) {
    try {
      return dispatcher.active().awaitNone(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
