package io.waybill.jobs.run;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.measure.MeasureHistory;
import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.AuditLog;
import io.waybill.scheduler.store.RunBelongings;
import io.waybill.scheduler.store.RunHistory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets what the job file's bounds no longer let it remember: runs with all that belongs to them,
 * rows of the audit, and logs of runs that nobody knows. It works for some seconds and then rests;
 * what is left over it goes on with, job by job.
 */
public final class HistorySweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HistorySweep.class);
  // what a dead process left is brought back first, and finds its rows
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration EACH = Duration.ofMinutes(10);
  private static final Duration WORK = Duration.ofSeconds(5);
  private static final Duration REST = Duration.ofSeconds(5);

  private final Supplier<Configuration> configuration;
  private final RunHistory history;
  private final MeasureHistory measures;
  private final AuditLog audit;
  private final RunLogs logs;
  private final InstantSource clock;
  private final Thread thread;
  private final CountDownLatch end = new CountDownLatch(1);
  private String lastJob = "";

  /**
   * Prepares.
   *
   * @param configuration asked at each sweep for the bounds
   */
  public HistorySweep(
      Supplier<Configuration> configuration,
      RunHistory history,
      MeasureHistory measures,
      AuditLog audit,
      RunLogs logs,
      InstantSource clock) {
    this.configuration = configuration;
    this.history = history;
    this.measures = measures;
    this.audit = audit;
    this.logs = logs;
    this.clock = clock;
    thread = new Thread(this::sweepAndRest, "waybill-history");
    thread.setDaemon(true);
  }

  /** Sweeps from now on, half a minute after the start and then every ten minutes. */
  public void start() {
    thread.start();
  }

  private void sweepAndRest() {
    Duration rest = FIRST;
    try {
      while (!end.await(rest.toMillis(), TimeUnit.MILLISECONDS)) {
        rest = sweepHeard() ? EACH : REST;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody ends the thread, and it ends
    }
  }

  private boolean sweepHeard() {
    try {
      return sweep(WORK);
    } catch (SchedulerException e) {
      LOG.warn("event=history-not-swept why=\"{}\"", e.getMessage());
    } catch (RuntimeException e) { // which would end the thread unheard
      LOG.error("event=history-not-swept", e);
    }
    return true;
  }

  /**
   * Sweeps once.
   *
   * @param most how long at most, but for the transaction that is at work then
   * @return whether nothing is left to forget, or another node is at it
   * @throws SchedulerException.StoreFailed if the database does
   */
  public synchronized boolean sweep(Duration most) {
    long late = System.nanoTime() + most.toNanos();
    BooleanSupplier goesOn = () -> end.getCount() > 0 && System.nanoTime() - late < 0;
    AtomicLong forgotten = new AtomicLong();
    RunBelongings belongings =
        StepStore.belongings(
            runIds -> {
              forgotten.addAndGet(runIds.size());
              logs.delete(runIds);
            });
    try {
      return sweep(goesOn, belongings);
    } finally {
      if (forgotten.get() > 0) {
        LOG.info("event=history-pruned runs={}", forgotten);
      }
    }
  }

  private boolean sweep(BooleanSupplier goesOn, RunBelongings belongings) {
    Optional<String> job = history.jobBehind(lastJob);
    while (job.isPresent()) {
      switch (history.prune(job.get(), policy(job.get()), belongings, goesOn)) {
        case COMPLETE -> lastJob = job.get();
        case STOPPED -> {
          return false;
        }
        case ELSEWHERE -> {
          return true;
        }
      }
      if (!goesOn.getAsBoolean()) {
        return false;
      }
      job = history.jobBehind(lastJob);
    }
    lastJob = "";
    forgetMeasures();
    audit.prune(clock.instant().minus(configuration.get().daemon().keepAudit()), goesOn);
    logs.deleteUnknown(clock.instant().minus(orphaned().age()), history::known);
    return true;
  }

  // of jobs in the file the latest are kept, however old they are
  private void forgetMeasures() {
    Set<String> jobs =
        configuration.get().jobs().stream().map(JobDefinition::name).collect(Collectors.toSet());
    int forgotten = measures.forgetOthers(jobs, clock.instant().minus(orphaned().age()));
    if (forgotten > 0) {
      LOG.info("event=measures-pruned rows={}", forgotten);
    }
  }

  private HistoryPolicy policy(String job) {
    return configuration.get().job(job).map(JobDefinition::history).orElseGet(this::orphaned);
  }

  // Of a job that is no longer in the file nobody says how long it is wanted.
  private HistoryPolicy orphaned() {
    return HistoryPolicy.widest(
        configuration.get().jobs().stream().map(JobDefinition::history).toList());
  }

  /** Ends after the transaction that is at work. */
  @Override
  public void close() {
    end.countDown();
    try {
      thread.join(WORK.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("event=history-sweep-left-at-close");
    }
  }
}
