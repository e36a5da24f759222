package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Ticker;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether what should happen is going to: runs of dead nodes go on, waiting
 * ones are woken, stuck and missing triggers are repaired. All of it is somebody else's duty; this
 * is for when he died or failed on the way.
 */
final class NodeWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

  private static final int MOST_WOKEN = 200;

  private final Engine engine;
  private final RunStore runs;
  private final RunTriggers triggers;
  private final JoblessRuns jobless;
  private final ClockWatch clock;
  private final EngineSettings settings;
  private final Supplier<Map<String, ScheduledJob>> expected;
  private final AtomicLong repairs = new AtomicLong();
  private final Ticker ticker = new Ticker("waybill-watch");
  private boolean skewed;

  /**
   * Makes the watch.
   *
   * @param expected the jobs that the store should hold as they are here, by name
   */
  NodeWatch(
      Engine engine,
      RunStore runs,
      RunTriggers triggers,
      JoblessRuns jobless,
      ClockWatch clock,
      EngineSettings settings,
      Supplier<Map<String, ScheduledJob>> expected) {
    this.engine = engine;
    this.runs = runs;
    this.triggers = triggers;
    this.jobless = jobless;
    this.clock = clock;
    this.settings = settings;
    this.expected = expected;
  }

  void start() {
    ticker.every(settings.checkIn(), this::recover);
    ticker.every(settings.watch(), this::wake);
    ticker.every(settings.watch(), this::repair);
  }

  /** Returns how many triggers were repaired. */
  long repairs() {
    return repairs.get();
  }

  /** Does something besides. */
  void every(Duration period, Runnable look) {
    ticker.every(period, look);
  }

  /** Stops firing while this machine's clock is wrong, and goes on when it is right again. */
  void clock() {
    Optional<SchedulerException.ClockSkewed> wrong = clock.look();
    if (wrong.isEmpty() && skewed) {
      skewed = false;
      engine.start();
      LOG.info("event=clock_right node={}", runs.owner().node());
    } else if (wrong.isPresent() && !skewed && engine.isFiring()) {
      skewed = true;
      engine.standby();
      LOG.error("event=clock_skewed node={} firing=stopped", runs.owner().node(), wrong.get());
    }
  }

  /** Brings back what dead nodes were at, and what this one dropped. */
  private void recover() {
    for (Run run : runs.abandoned()) {
      LOG.warn(
          "event=run_recovering run={} job={} node={}",
          run.id(),
          run.job(),
          run.owner().map(Owner::node).orElse(""));
      fire(run);
    }
  }

  /** Fires what should have been woken. */
  private void wake() {
    if (!clock.isRight()) {
      return; // what this node takes for overdue is the others' business
    }
    runs.overdue(settings.watch(), MOST_WOKEN).forEach(this::fire);
  }

  private void fire(Run run) {
    if (engine.hasJob(run.job())) {
      triggers.fireNow(run);
    } else {
      jobless.end(run);
    }
  }

  private void repair() {
    if (!clock.isRight()) {
      return; // it would set triggers of all nodes by its own time
    }
    Instant now = Instant.now();
    for (TriggerRows.Stuck stuck : engine.free(now.minus(settings.watch()))) {
      repaired(stuck.key().getName(), "it was " + stuck.state() + " and nobody had it");
    }
    Map<String, TriggerRows.Held> held = engine.timetables();
    expected
        .get()
        .values()
        .forEach(job -> compare(job, Optional.ofNullable(held.get(job.name())), now));
  }

  private void compare(ScheduledJob job, Optional<TriggerRows.Held> held, Instant now) {
    Optional<Instant> next = Timetable.of(job).next(now);
    if (next.isEmpty()
        || held.filter(trigger -> trigger.state().startsWith("PAUSED")).isPresent()) {
      return;
    }
    Optional<Instant> stored = held.flatMap(TriggerRows.Held::nextFireTime);
    if ((stored.isEmpty() || stored.get().isAfter(next.get())) && !engine.isPaused(job.name())) {
      engine.renew(job, now);
      repaired(
          job.name(),
          stored.map(at -> "it would have fired at " + at).orElse("there was none")
              + ", due "
              + next.get());
    }
  }

  private void repaired(String trigger, String why) {
    repairs.incrementAndGet();
    LOG.warn("event=trigger_repaired trigger={} why=\"{}\"", trigger, why);
  }

  @Override
  public void close() {
    ticker.close();
  }
}
