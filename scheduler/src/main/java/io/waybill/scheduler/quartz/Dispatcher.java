package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.time.DueMoments;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of each firing of the engine, and hands it to the handler.
 *
 * <p>The history is the truth: a moment that has a finished row is never fired again, whichever way
 * it comes back, and what was decided about missed moments is written down before anything runs.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  // what the row of a missed firing that is made up carries to the handler: no parameters
  private static final String NO_PARAMETERS = "{}";

  private final RunStore runs;
  private final FiringHandler handler;
  private final Duration onTime;
  private final BiConsumer<String, String> fireOnce;
  private final ActiveFirings active = new ActiveFirings();
  private volatile boolean closing;

  /**
   * Makes the dispatcher.
   *
   * @param fireOnce makes the engine fire a job for a run soon, given the job's name and run's id;
   *     does nothing if it is going to already
   */
  Dispatcher(
      RunStore runs, FiringHandler handler, Duration onTime, BiConsumer<String, String> fireOnce) {
    this.runs = runs;
    this.handler = handler;
    this.onTime = onTime;
    this.fireOnce = fireOnce;
  }

  ActiveFirings active() {
    return active;
  }

  void closing() {
    closing = true;
  }

  /** Handles one arrival to its end; never throws, because the engine would only log it. */
  void dispatch(Arrival arrival) {
    try {
      if (arrival.runId().isPresent()) {
        fireRun(arrival, arrival.runId().get());
      } else {
        fireDue(arrival);
      }
    } catch (RuntimeException e) {
      LOG.error(
          "event=dispatch_failed job={} scheduled_at={}",
          arrival.job().name(),
          arrival.due().from(),
          e);
    }
  }

  /** Fires the run that a one-shot trigger carries, unless it is dealt with already. */
  private void fireRun(Arrival arrival, String runId) {
    Run run = runs.find(runId).orElse(null);
    if (run == null || run.state().isFinished() || runs.isHeld(run)) {
      LOG.debug("event=firing_settled job={} run={}", arrival.job().name(), runId);
      return;
    }
    fire(arrival.job(), firing(run));
  }

  private static Firing firing(Run run) {
    return Firing.builder()
        .job(run.job())
        .kind(run.kind())
        .scheduledAt(run.scheduledAt())
        .firedAt(Instant.now())
        .runId(run.id())
        .recovering(run.owner().isPresent())
        .build();
  }

  private void fireDue(Arrival arrival) {
    ScheduledJob job = arrival.job();
    DueMoments due =
        DueMoments.between(Timetable.of(job), arrival.due().from(), arrival.due().until());
    if (due.dropped() > 0) {
      LOG.warn(
          "event=missed_without_rows job={} count={} from={}",
          job.name(),
          due.dropped(),
          arrival.due().from());
    }
    DueMoments.Judgement judgement = due.judge(job.missed(), arrival.firedAt(), onTime);
    judgement.missed().forEach(decision -> record(job, decision));
    judgement.inTime().ifPresent(moment -> fireMoment(arrival, moment));
  }

  private void record(ScheduledJob job, MissedPolicy.Decision decision) {
    Instant moment = decision.scheduledAt();
    if (!decision.runs()) {
      runs.skip(job.name(), moment, decision.reason());
    } else {
      runs.enqueue(job.name(), TriggerKind.SCHEDULE, moment, decision.reason(), NO_PARAMETERS)
          .or(() -> runs.find(job.name(), moment)) // decided before a crash
          .filter(run -> !run.state().isFinished())
          .ifPresent(run -> fireOnce.accept(job.name(), run.id()));
    }
    LOG.info("event=missed job={} scheduled_at={} runs={}", job.name(), moment, decision.runs());
  }

  private void fireMoment(Arrival arrival, Instant moment) {
    Optional<Run> existing =
        arrival.recovering() ? runs.find(arrival.job().name(), moment) : Optional.empty();
    if (existing.isPresent()) {
      fireRun(arrival, existing.get().id());
      return;
    }
    fire(
        arrival.job(),
        Firing.builder()
            .job(arrival.job().name())
            .scheduledAt(moment)
            .firedAt(Instant.now())
            .recovering(arrival.recovering())
            .build());
  }

  private void fire(ScheduledJob job, Firing firing) {
    ActiveFirings.Key key =
        new ActiveFirings.Key(
            job.name(), firing.runId().orElseGet(() -> firing.scheduledAt().toString()));
    // what comes back after a crash goes first: everything else of its job waits for it
    boolean mayOverlap = job.overlap() == OverlapPolicy.ALLOW || firing.recovering();
    Optional<ActiveFirings.Key> rival = active.enter(key, mayOverlap);
    if (rival.isPresent()) {
      if (!rival.get().equals(key)) {
        skip(firing, liveRun(firing).orElse("firing of " + rival.get().firing()));
      }
      return;
    }
    try {
      Optional<String> live = mayOverlap ? Optional.empty() : liveRun(firing);
      if (live.isPresent()) {
        skip(firing, live.get());
      } else {
        handle(firing);
      }
    } finally {
      active.leave(key);
    }
  }

  /** Names another run of the job that somebody holds, or that is about to be recovered. */
  private Optional<String> liveRun(Firing firing) {
    return runs.unfinished(firing.job()).stream()
        .filter(run -> run.owner().isPresent())
        .filter(run -> !firing.runId().equals(Optional.of(run.id())))
        .findFirst()
        .map(run -> "run " + run.id());
  }

  private void skip(Firing firing, String live) {
    String reason = "overlap skip: " + live + " of this job has not ended";
    if (firing.runId().isPresent()) {
      runs.skipQueued(firing.runId().get(), reason);
    } else {
      runs.skip(firing.job(), firing.scheduledAt(), reason);
    }
    LOG.info(
        "event=overlap_skipped job={} scheduled_at={} live=\"{}\"",
        firing.job(),
        firing.scheduledAt(),
        live);
  }

  private void handle(Firing firing) {
    try {
      handler.fire(firing);
    } catch (RuntimeException e) {
      LOG.error(
          "event=handler_failed job={} scheduled_at={}", firing.job(), firing.scheduledAt(), e);
      if (!closing) { // otherwise the next start brings the run back
        new AbandonedRun(runs, firing).fail(e);
      }
    }
  }
}
