package io.waybill.scheduler.testing;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.Admission;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.time.DueMoments;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fires jobs in the calling thread when {@link #fireDue} is called, by a clock that the test moves.
 *
 * <p>It decides as the real scheduler does, with the same {@link Timetable}, {@link MissedPolicy}
 * and {@link RunStore}: of the moments that have come due since the last call the latest is fired
 * if it is on time, and the others are missed; a job that is at work, and a limit that is full,
 * hold up a firing as its overlap says. A handler that moves the clock and calls {@link #fireDue}
 * itself plays a run that takes long. What was decided is in {@link #decisions}, and every run in
 * {@link #runs}.
 *
 * <p>A handler is given its run, claimed, and may bring it to its end through {@link #runs}; one
 * that it leaves at work ends here, as succeeded, or as failed if it threw. Not for use by several
 * threads.
 */
public final class ManualScheduler implements Scheduler {
  private static final Duration ON_TIME = Duration.ofMinutes(1);
  private static final int MOST_WOKEN = 8;

  private final InstantSource clock;
  private final FiringHandler handler;
  private final Duration onTime;
  private final RunStore runs;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Queue<Due> queue = new ArrayDeque<>();
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
    this.runs = RunStore.of(new MemoryStore(), "test", clock, new Random(0));
  }

  /**
   * What was decided about a moment that was not simply fired: it was missed, or something held it
   * up.
   *
   * @param fires whether it is fired all the same, now or later
   * @param reason one sentence
   */
  public record Decision(String job, Instant scheduledAt, boolean fires, String reason) {}

  /**
   * What is to be fired.
   *
   * @param runId empty for a moment that has no run yet
   */
  private record Due(String job, Instant scheduledAt, Optional<String> runId) {
    static Due of(Run run) {
      return new Due(run.job(), run.scheduledAt(), Optional.of(run.id()));
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

  /** Returns the runs, in memory: what a handler brings its own to an end by. */
  public RunStore runs() {
    return runs;
  }

  /**
   * Fires everything that is due by now, oldest first, what was triggered and what is tried again
   * before what is scheduled; then what waited for one of them.
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
    runs.unfinished().stream()
        .filter(run -> run.dueAt().filter(due -> !due.isAfter(now)).isPresent())
        .map(Due::of)
        .filter(due -> !queue.contains(due))
        .forEach(queue::add);
    List<Due> scheduled = new ArrayList<>();
    entries.values().forEach(entry -> addDue(entry, now, scheduled));
    scheduled.sort(Comparator.comparing(Due::scheduledAt));
    queue.addAll(scheduled);
    List<Firing> fired = new ArrayList<>();
    for (Due next = queue.poll(); next != null; next = queue.poll()) {
      fire(next, fired);
    }
    return List.copyOf(fired);
  }

  private void addDue(Entry entry, Instant now, List<Due> scheduled) {
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
      record(job, missed).map(Due::of).ifPresent(scheduled::add);
    }
    judgement.inTime().ifPresent(moment -> scheduled.add(new Due(job, moment, Optional.empty())));
  }

  /** Writes down what was decided about a missed moment, and returns its run if it is made up. */
  private Optional<Run> record(String job, MissedPolicy.Decision missed) {
    Instant moment = missed.scheduledAt();
    decisions.add(new Decision(job, moment, missed.runs(), missed.reason()));
    if (missed.runs()) {
      String payload = handler.payload(job, moment);
      return runs.enqueue(job, TriggerKind.SCHEDULE, moment, missed.reason(), payload);
    }
    runs.skip(job, moment, missed.reason()).ifPresent(handler::ended);
    return Optional.empty();
  }

  private void fire(Due due, List<Firing> fired) {
    Entry entry = entries.get(due.job());
    if (entry == null) {
      return; // unscheduled by a handler since
    }
    Admission admission =
        due.runId()
            .map(id -> runs.admit(entry.job, id))
            .orElseGet(
                () -> {
                  String payload = handler.payload(due.job(), due.scheduledAt());
                  return runs.admit(entry.job, TriggerKind.SCHEDULE, due.scheduledAt(), payload);
                });
    if (admission instanceof Admission.Admitted admitted) {
      admitted.superseded().forEach(handler::ended);
      handle(admitted.run(), fired);
    } else if (admission instanceof Admission.Waiting waiting) {
      waiting.dropped().forEach(handler::ended);
      decisions.add(decision(waiting.run(), true));
    } else if (admission instanceof Admission.Skipped skipped) {
      decisions.add(decision(skipped.run(), false));
      handler.ended(skipped.run());
    }
  }

  private static Decision decision(Run run, boolean fires) {
    return new Decision(run.job(), run.scheduledAt(), fires, run.message());
  }

  private void handle(Run run, List<Firing> fired) {
    Firing firing =
        Firing.builder()
            .job(run.job())
            .kind(run.kind())
            .scheduledAt(run.scheduledAt())
            .firedAt(clock.instant())
            .run(run)
            .recovering(run.recovered())
            .build();
    boolean returned = false;
    try {
      handler.fire(firing);
      returned = true;
      fired.add(firing);
    } finally {
      end(run, returned);
    }
  }

  private void end(Run run, boolean returned) {
    runs.find(run.id())
        .filter(left -> !left.state().isFinished() && left.dueAt().isEmpty())
        .ifPresent(
            left ->
                runs.finish(
                    run,
                    returned ? RunState.SUCCEEDED : RunState.FAILED,
                    returned ? Optional.empty() : Optional.of(FailureClass.PERMANENT),
                    returned ? "" : "the handler broke off",
                    left.payload()));
    runs.letGo(run.id());
    runs.find(run.id())
        .ifPresent(
            ended ->
                runs.waitingBehind(ended, MOST_WOKEN).stream().map(Due::of).forEach(this::wake));
  }

  private void wake(Due due) {
    if (!queue.contains(due)) {
      queue.add(due);
    }
  }

  /**
   * Returns what was decided about moments that were not simply fired, in the order of the
   * decisions; a copy.
   */
  public List<Decision> decisions() {
    return List.copyOf(decisions);
  }

  /**
   * Returns what a run carries: what was given to {@link #trigger}, or what the handler says of a
   * scheduled moment.
   *
   * @throws IllegalArgumentException if there is no such run
   */
  public String payload(String runId) {
    return runs.find(runId)
        .map(Run::payload)
        .orElseThrow(() -> new IllegalArgumentException("this scheduler has made no run " + runId));
  }

  @Override
  public void schedule(ScheduledJob job) {
    Entry existing = entries.get(job.name());
    if (existing != null && existing.job.equals(job)) {
      return;
    }
    Instant now = clock.instant();
    Entry entry = new Entry(job, now);
    if (existing != null) {
      entry.paused = existing.paused;
      boolean isSameTimetable =
          existing.job.schedules().equals(job.schedules())
              && existing.job.zone().equals(job.zone());
      if (isSameTimetable) {
        entry.next = existing.next;
      } else {
        leave(existing, now, job);
      }
    }
    entries.put(job.name(), entry);
  }

  private void leave(Entry entry, Instant now, ScheduledJob changed) {
    Instant first = entry.next;
    if (entry.paused || first == null || first.isAfter(now)) {
      return;
    }
    DueMoments.between(entry.timetable, first, now.plusNanos(1))
        .moments()
        .forEach(moment -> record(changed.name(), MissedPolicy.left(moment, now, onTime, changed)));
  }

  @Override
  public void unschedule(String name) {
    entries.remove(name);
    queue.removeIf(due -> due.job().equals(name));
    for (Run run : runs.unfinished(name)) {
      runs.skipQueued(run.id(), "the job was unscheduled before the run began")
          .ifPresent(handler::ended);
    }
  }

  @Override
  public List<ScheduledJob> scheduledJobs() {
    return entries.values().stream().map(entry -> entry.job).toList();
  }

  @Override
  public String trigger(String job, String payloadJson) {
    entry(job);
    Run run = runs.enqueue(job, TriggerKind.MANUAL, clock.instant(), "", payloadJson).orElseThrow();
    queue.add(Due.of(run));
    return run.id();
  }

  @Override
  public List<String> fanOut(Run parent, List<String> payloads) {
    List<Run> shards = runs.enqueueShards(parent, payloads);
    shards.stream().filter(shard -> !shard.state().isFinished()).map(Due::of).forEach(this::wake);
    return shards.stream().map(Run::id).toList();
  }

  @Override
  public void cancel(String runId, String why) {
    Run run = runs.requestEnd(runId, why);
    if (run.state().isFinished()) {
      handler.ended(run);
    } else if (run.dueAt().isPresent()) {
      wake(Due.of(run));
    }
  }

  @Override
  public void retry(String runId, String payloadJson) {
    Run ended = runs.find(runId).orElseThrow(() -> new SchedulerException.NotClaimable(runId));
    entry(ended.job());
    TriggerKind kind = ended.kind() == TriggerKind.LOCAL ? TriggerKind.MANUAL : ended.kind();
    wake(Due.of(runs.retry(runId, kind, payloadJson)));
  }

  @Override
  public void wake(String runId) {
    runs.find(runId)
        .filter(run -> run.state() == RunState.QUEUED && entries.containsKey(run.job()))
        .map(Due::of)
        .ifPresent(this::wake);
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
