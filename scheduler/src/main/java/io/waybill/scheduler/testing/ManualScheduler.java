package io.waybill.scheduler.testing;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import io.waybill.scheduler.time.DueMoments;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fires jobs in the calling thread when {@link #fireDue} is called, by a clock that the test moves.
 *
 * <p>It decides as the real scheduler does: of the moments that have come due since the last call
 * the latest is fired if it is on time, and the others are missed, so that the job's {@link
 * MissedPolicy} has its say; a job that is being handled is not fired again unless its overlap is
 * allowed, which a handler sees that moves the clock and calls {@link #fireDue} itself. What was
 * decided is in {@link #decisions}.
 *
 * <p>Keeps everything in memory, for ever, and writes no runs: the ids that firings carry are its
 * own, and {@link #payload} tells what belongs to them. Not for use by several threads.
 */
public final class ManualScheduler implements Scheduler {
  private static final Duration ON_TIME = Duration.ofMinutes(1);
  private static final String NO_PARAMETERS = "{}";

  private final InstantSource clock;
  private final FiringHandler handler;
  private final Duration onTime;
  private final Ulid ids;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private final Set<String> active = new HashSet<>();
  private final Map<String, String> payloads = new HashMap<>();
  private final List<Decision> decisions = new ArrayList<>();
  private boolean started;

  /**
   * Makes the scheduler; what is at most a minute late is on time.
   *
   * @param clock moved by the test
   * @param handler what firings are handed to
   */
  public ManualScheduler(InstantSource clock, FiringHandler handler) {
    this(clock, handler, ON_TIME);
  }

  /**
   * Makes the scheduler.
   *
   * @param clock moved by the test
   * @param handler what firings are handed to
   * @param onTime how late a firing may be before it counts as missed
   */
  public ManualScheduler(InstantSource clock, FiringHandler handler, Duration onTime) {
    this.clock = clock;
    this.handler = handler;
    this.onTime = onTime;
    this.ids = new Ulid(clock, new Random(0));
  }

  /**
   * What was decided about a moment that was not simply fired: it was missed, or the job was still
   * at work. The real scheduler writes a row for it.
   *
   * @param fires whether it is fired all the same
   * @param reason one sentence
   */
  public record Decision(String job, Instant scheduledAt, boolean fires, String reason) {}

  /** A firing that has not been fired yet. */
  private record Waiting(
      String job, TriggerKind kind, Instant scheduledAt, Optional<String> runId) {

    Firing firedAt(Instant now) {
      Firing.Builder firing =
          Firing.builder().job(job).kind(kind).scheduledAt(scheduledAt).firedAt(now);
      runId.ifPresent(firing::runId);
      return firing.build();
    }
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
   * <p>What the handler throws comes out of it; what was due after that firing is fired by the next
   * call.
   *
   * @return what fired
   * @throws IllegalStateException if it is not started
   */
  public List<Firing> fireDue() {
    if (!started) {
      throw new IllegalStateException("the scheduler fires nothing before start()");
    }
    Instant now = clock.instant();
    List<Waiting> scheduled = new ArrayList<>();
    entries.values().forEach(entry -> addDue(entry, now, scheduled));
    scheduled.sort(Comparator.comparing(Waiting::scheduledAt));
    queue.addAll(scheduled);
    List<Firing> fired = new ArrayList<>();
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      fire(next).ifPresent(fired::add);
    }
    return List.copyOf(fired);
  }

  private void addDue(Entry entry, Instant now, List<Waiting> scheduled) {
    Instant first = entry.next;
    if (entry.paused || first == null || first.isAfter(now)) {
      return;
    }
    entry.next = entry.timetable.next(now).orElse(null);
    DueMoments.Judgement judgement =
        DueMoments.between(entry.timetable, first, now.plusNanos(1))
            .judge(entry.job.missed(), now, onTime);
    String job = entry.job.name();
    for (MissedPolicy.Decision missed : judgement.missed()) {
      decisions.add(new Decision(job, missed.scheduledAt(), missed.runs(), missed.reason()));
      if (missed.runs()) {
        scheduled.add(scheduled(job, missed.scheduledAt(), Optional.of(runId(NO_PARAMETERS))));
      }
    }
    judgement.inTime().ifPresent(moment -> scheduled.add(scheduled(job, moment, Optional.empty())));
  }

  private static Waiting scheduled(String job, Instant moment, Optional<String> runId) {
    return new Waiting(job, TriggerKind.SCHEDULE, moment, runId);
  }

  private String runId(String payloadJson) {
    String id = ids.next();
    payloads.put(id, payloadJson);
    return id;
  }

  /** Hands a firing over; empty if its job is at work and is not to overlap. */
  private Optional<Firing> fire(Waiting waiting) {
    String job = waiting.job();
    boolean overlaps = active.contains(job);
    if (overlaps && entry(job).job.overlap() != OverlapPolicy.ALLOW) {
      String reason = "overlap skip: an earlier firing of this job has not ended";
      decisions.add(new Decision(job, waiting.scheduledAt(), false, reason));
      return Optional.empty();
    }
    Firing firing = waiting.firedAt(clock.instant());
    active.add(job);
    try {
      handler.fire(firing);
    } finally {
      if (!overlaps) {
        active.remove(job);
      }
    }
    return Optional.of(firing);
  }

  /**
   * Returns what was decided about moments that were not simply fired, in the order of the
   * decisions; a copy.
   */
  public List<Decision> decisions() {
    return List.copyOf(decisions);
  }

  /**
   * Returns what the run of a firing carries: what was given to {@link #trigger}, and no parameters
   * for a missed firing that is made up.
   *
   * @throws IllegalArgumentException if no firing has this run
   */
  public String payload(String runId) {
    String payload = payloads.get(runId);
    if (payload == null) {
      throw new IllegalArgumentException("this scheduler has made no run " + runId);
    }
    return payload;
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
    queue.removeIf(waiting -> waiting.job().equals(name));
  }

  @Override
  public List<ScheduledJob> scheduledJobs() {
    return entries.values().stream().map(entry -> entry.job).toList();
  }

  @Override
  public String trigger(String job, String payloadJson) {
    entry(job);
    String runId = runId(payloadJson);
    queue.add(new Waiting(job, TriggerKind.MANUAL, clock.instant(), Optional.of(runId)));
    return runId;
  }

  @Override
  public Optional<Instant> nextFiring(String job) {
    Entry entry = entry(job);
    return entry.paused ? Optional.empty() : Optional.ofNullable(entry.next);
  }

  @Override
  public boolean isPaused(String job) {
    return entry(job).paused;
  }

  /**
   * {@inheritDoc}
   *
   * <p>What was due before and has not been fired by {@link #fireDue} is not fired.
   */
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
