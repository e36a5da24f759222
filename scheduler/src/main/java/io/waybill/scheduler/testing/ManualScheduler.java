package io.waybill.scheduler.testing;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fires jobs in the calling thread when {@link #fireDue} is called, by a clock that the test moves.
 *
 * <p>Keeps everything in memory; writes no runs; the ids that {@link #trigger} returns are its own.
 * A job fires once at each call however many moments have passed, for the latest of them. Not for
 * use by several threads.
 */
public final class ManualScheduler implements Scheduler {
  private final InstantSource clock;
  private final FiringHandler handler;
  private final Ulid ids;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final List<Firing> triggered = new ArrayList<>();
  private boolean started;

  /**
   * Makes the scheduler.
   *
   * @param clock moved by the test
   * @param handler what firings are handed to
   */
  public ManualScheduler(InstantSource clock, FiringHandler handler) {
    this.clock = clock;
    this.handler = handler;
    this.ids = new Ulid(clock, new Random(0));
  }

  private static final class Entry {
    final ScheduledJob job;
    final Timetable timetable;
    @Nullable Instant next;
    boolean paused;

    Entry(ScheduledJob job, Instant now) {
      this.job = job;
      this.timetable = Timetable.of(job);
      this.next = timetable.next(now.minusMillis(1)).orElse(null);
    }
  }

  /**
   * Fires everything that is due by now, oldest first, triggered runs before scheduled ones.
   *
   * @return what fired
   * @throws IllegalStateException if it is not started
   */
  public List<Firing> fireDue() {
    if (!started) {
      throw new IllegalStateException("the scheduler fires nothing before start()");
    }
    List<Firing> due = new ArrayList<>(triggered);
    triggered.clear();
    Instant now = clock.instant();
    List<Firing> scheduled = new ArrayList<>();
    for (Entry entry : entries.values()) {
      latestDue(entry, now).ifPresent(at -> scheduled.add(firing(entry.job.name(), at)));
    }
    scheduled.sort(Comparator.comparing(Firing::scheduledAt));
    due.addAll(scheduled);
    due.forEach(handler::fire);
    return List.copyOf(due);
  }

  private Firing firing(String job, Instant scheduledAt) {
    return Firing.builder().job(job).scheduledAt(scheduledAt).firedAt(clock.instant()).build();
  }

  private static Optional<Instant> latestDue(Entry entry, Instant now) {
    Instant latest = null;
    while (!entry.paused && entry.next != null && !entry.next.isAfter(now)) {
      latest = entry.next;
      entry.next = entry.timetable.next(latest).orElse(null);
    }
    return Optional.ofNullable(latest);
  }

  @Override
  public void schedule(ScheduledJob job) {
    Entry existing = entries.get(job.name());
    if (existing != null && existing.job.equals(job)) {
      return;
    }
    Entry entry = new Entry(job, clock.instant());
    entry.paused = existing != null && existing.paused;
    entries.put(job.name(), entry);
  }

  @Override
  public void unschedule(String name) {
    entries.remove(name);
    triggered.removeIf(firing -> firing.job().equals(name));
  }

  @Override
  public List<ScheduledJob> scheduledJobs() {
    return entries.values().stream().map(entry -> entry.job).toList();
  }

  @Override
  public String trigger(String job, String payloadJson) {
    entry(job);
    String runId = ids.next();
    Instant now = clock.instant();
    triggered.add(
        Firing.builder()
            .job(job)
            .kind(TriggerKind.MANUAL)
            .scheduledAt(now)
            .firedAt(now)
            .runId(runId)
            .build());
    return runId;
  }

  @Override
  public Optional<Instant> nextFiring(String job) {
    Entry entry = entry(job);
    return entry.paused ? Optional.empty() : Optional.ofNullable(entry.next);
  }

  @Override
  public void pause(String job) {
    entry(job).paused = true;
  }

  @Override
  public void resume(String job) {
    Entry entry = entry(job);
    if (entry.paused) {
      entry.paused = false;
      entry.next = entry.timetable.next(clock.instant()).orElse(null);
    }
  }

  private Entry entry(String job) {
    Entry entry = entries.get(job);
    if (entry == null) {
      throw new SchedulerException.UnknownJob(job);
    }
    return entry;
  }

  @Override
  public void start() {
    started = true;
  }

  @Override
  public boolean drain(Duration limit) {
    started = false;
    return true;
  }

  @Override
  public void close() {
    started = false;
  }
}
