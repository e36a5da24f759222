package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fires jobs with Quartz, which keeps them where the scheduler's runs are. */
public final class QuartzScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(QuartzScheduler.class);
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(10);

  private final Engine engine;
  private final RunStore runs;
  private final EngineSettings settings;
  private final RunTriggers triggers;
  private final Dispatcher dispatcher;
  private final JoblessRuns jobless;
  private final JobSet jobs;
  private final NodeWatch watch;
  private boolean joined;
  private boolean watched;

  private QuartzScheduler(
      Engine engine, RunStore runs, FiringHandler handler, EngineSettings settings) {
    this.engine = engine;
    this.runs = runs;
    this.settings = settings;
    this.triggers = new RunTriggers(engine, runs);
    ClockWatch clock = new ClockWatch(runs.membership());
    this.dispatcher =
        new Dispatcher(
            runs,
            handler,
            settings.onTime(),
            triggers,
            new EarlyFirings(engine, clock),
            engine.eligibility());
    this.jobless = new JoblessRuns(runs, dispatcher.runner(), triggers);
    LeftMoments left = new LeftMoments(runs, dispatcher.runner(), settings.onTime());
    this.jobs = new JobSet(engine, handler, runs.jobSets(), left, this::removeJob);
    this.watch = new NodeWatch(engine, runs, triggers, jobless, clock, settings, jobs::expected);
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
    return new QuartzScheduler(Engine.over(store, runs.owner(), settings), runs, handler, settings);
  }

  /**
   * Opens a scheduler in memory; it fires nothing before {@link #start}. Its jobs, their next
   * firings and what is paused are gone when it is closed; runs stay as long as the store does.
   *
   * @param store where the runs are; a database's runs cannot be fired from memory
   * @param runs the same that the handler uses; one scheduler at a time
   * @param handler what firings are handed to
   * @throws IllegalArgumentException if the runs are not in this store
   * @throws IllegalStateException if there is a scheduler for these runs already
   * @throws SchedulerException.EngineFailed if Quartz refuses
   */
  public static QuartzScheduler open(MemoryStore store, RunStore runs, FiringHandler handler) {
    return open(store, runs, handler, EngineSettings.DEFAULT);
  }

  /** As {@link #open(MemoryStore, RunStore, FiringHandler)}, with settings. */
  public static QuartzScheduler open(
      MemoryStore store, RunStore runs, FiringHandler handler, EngineSettings settings) {
    if (!runs.isIn(store)) {
      throw new IllegalArgumentException("the runs of " + runs.owner() + " are not in this store");
    }
    return new QuartzScheduler(Engine.inMemory(runs.owner(), settings), runs, handler, settings);
  }

  @Override
  public void schedule(ScheduledJob job) {
    jobs.add(job);
  }

  @Override
  public void replaceAll(Collection<ScheduledJob> all) {
    join();
    jobs.replace(all);
  }

  @Override
  public void unschedule(String name) {
    jobs.remove(name);
    removeJob(name);
  }

  private void removeJob(String name) {
    engine.unschedule(name);
    runs.unfinished(name).forEach(jobless::end);
  }

  @Override
  public List<ScheduledJob> scheduledJobs() {
    return engine.jobs();
  }

  @Override
  public String trigger(String job, String payloadJson) {
    engine.requireJob(job);
    Run run = runs.enqueue(job, TriggerKind.MANUAL, Instant.now(), "", payloadJson).orElseThrow();
    triggers.fireNow(run);
    return run.id();
  }

  @Override
  public List<String> fanOut(Run parent, List<String> payloads) {
    List<Run> shards = runs.enqueueShards(parent, payloads);
    shards.stream().filter(shard -> !shard.state().isFinished()).forEach(triggers::fireNow);
    return shards.stream().map(Run::id).toList();
  }

  @Override
  public void cancel(String runId, String why) {
    Run run = runs.requestEnd(runId, why);
    if (run.state().isFinished()) {
      dispatcher.runner().ended(run);
    } else if (!engine.hasJob(run.job())) {
      jobless.end(run);
    } else if (run.dueAt().isPresent()) {
      triggers.fireNow(run);
    }
  }

  @Override
  public void retry(String runId, String payloadJson) {
    Run ended = runs.find(runId).orElseThrow(() -> new SchedulerException.NotClaimable(runId));
    engine.requireJob(ended.job());
    TriggerKind kind = ended.kind() == TriggerKind.LOCAL ? TriggerKind.MANUAL : ended.kind();
    triggers.fireWhenDue(runs.retry(runId, kind, payloadJson));
  }

  @Override
  public void wake(String runId) {
    runs.find(runId)
        .filter(run -> run.state() == RunState.QUEUED && engine.hasJob(run.job()))
        .ifPresent(triggers::fireNow);
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

  /** Returns how many triggers were found stuck or missing, and repaired, since this was opened. */
  public long repairs() {
    return watch.repairs();
  }

  /**
   * Joins the nodes that share the store, starts firing, and brings back every run that a dead
   * process left.
   *
   * @throws SchedulerException.EngineFailed if Quartz refuses
   * @throws SchedulerException.NodeTaken if a live daemon has this node's name
   * @throws SchedulerException.ClockSkewed if this clock is more than two seconds from the store's
   */
  @Override
  public synchronized void start() {
    join();
    if (!watched) { // else it goes on after drain
      runs.unfinished().forEach(this::bringBack);
      if (runs.membership().isShared()) {
        jobs.look();
        watch.every(settings.watch(), jobs::look);
        watch.every(settings.checkIn(), watch::clock);
      }
      watch.start();
      watched = true;
    }
    engine.start();
  }

  private synchronized void join() {
    if (joined) {
      return;
    }
    try {
      runs.membership().join(settings.checkIn());
      joined = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SchedulerException.EngineFailed("interrupted while joining the other nodes", e);
    }
  }

  private void bringBack(Run run) {
    if (run.kind() == TriggerKind.LOCAL || runs.isHeld(run)) {
      return;
    }
    if (!engine.hasJob(run.job())) {
      jobless.end(run);
    } else if (run.dueAt().isPresent()) {
      triggers.fireWhenDue(run);
    } else {
      triggers.fireNow(run);
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
    dispatcher.runner().closing();
    watch.close();
    engine.standby();
    dispatcher.runner().active().interruptAll();
    try {
      if (!engine.close(INTERRUPT_GRACE)) {
        LOG.warn("event=firings_ignore_interrupt waited={}", INTERRUPT_GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    runs.membership().close();
  }

  private boolean awaitNone(Duration limit) {
    try {
      return dispatcher.runner().active().awaitNone(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
