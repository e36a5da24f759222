package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.Admission;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.time.DueMoments;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final RunStore runs;
  private final FiringHandler handler;
  private final Duration onTime;
  private final RunTriggers triggers;
  private final EarlyFirings early;
  private final Eligibility eligibility;
  private final FiringRunner runner;

  Dispatcher(
      RunStore runs,
      FiringHandler handler,
      Duration onTime,
      RunTriggers triggers,
      EarlyFirings early,
      Eligibility eligibility) {
    this.early = early;
    this.eligibility = eligibility;
    this.runner = new FiringRunner(runs, handler, triggers);
    this.runs = runs;
    this.handler = handler;
    this.onTime = onTime;
    this.triggers = triggers;
  }

  FiringRunner runner() {
    return runner;
  }

  /** Handles one arrival to its end; never throws, because the engine would only log it. */
  void dispatch(Arrival arrival) {
    try {
      while (!isDispatched(arrival)) {
        Thread.sleep(RETRY.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the engine brings it back when it starts again
    } catch (RuntimeException e) {
      LOG.error(
          "event=dispatch_failed job={} scheduled_at={}",
          arrival.job().name(),
          arrival.due().from(),
          e);
    }
  }

  // While the store is away a firing stays here: to the engine it would be done, and nobody would
  // ever hear of its moment.
  private boolean isDispatched(Arrival arrival) {
    try {
      if (arrival.runId().isPresent()) {
        fireRun(arrival, arrival.runId().get());
      } else {
        early.due(arrival).ifPresent(this::fireDue);
      }
      return true;
    } catch (SchedulerException.StoreFailed e) {
      if (!e.isTransient() || runner.isClosing()) {
        throw e;
      }
      LOG.debug("event=store_away job={} why=\"{}\"", arrival.job().name(), e.getMessage());
      return false;
    }
  }

  /** Fires the run that a one-shot trigger carries, unless it is dealt with already. */
  private void fireRun(Arrival arrival, String runId) {
    if (isForeign(arrival.job())) {
      runs.find(runId).filter(run -> !run.state().isFinished()).ifPresent(triggers::fireNow);
    } else if (!isSkippedAsPaused(arrival, runId)) {
      follow(arrival.job(), runs.admit(arrival.job(), runId));
    }
  }

  // what happens while a job is paused does not start it, nor later: else resuming it would start
  // it many times at once
  private boolean isSkippedAsPaused(Arrival arrival, String runId) {
    Optional<Run> skipped =
        arrival.isPaused()
                && runs.find(runId).filter(run -> run.kind() == TriggerKind.EVENT).isPresent()
            ? runs.skipQueued(runId, "the job is paused")
            : Optional.empty();
    skipped.ifPresent(runner::ended);
    return skipped.isPresent();
  }

  /** Returns whether the job is left to other nodes, and sees to it that it is from now on. */
  private boolean isForeign(ScheduledJob job) {
    if (handler.knows(job.name()) || !runs.membership().isShared()) {
      return false;
    }
    eligibility.addForeign(job.name());
    return true;
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
    boolean behind = judgement.missed().stream().anyMatch(MissedPolicy.Decision::runs);
    judgement
        .inTime()
        .ifPresent(
            moment -> {
              if (behind) {
                enqueue(job, moment, "after the missed ones");
              } else {
                fireMoment(job, moment);
              }
            });
  }

  private void record(ScheduledJob job, MissedPolicy.Decision decision) {
    Instant moment = decision.scheduledAt();
    if (!decision.runs()) {
      runs.skip(job.name(), moment, decision.reason()).ifPresent(runner::ended);
    } else {
      enqueue(job, moment, decision.reason());
    }
    LOG.info(
        "event=missed job={} scheduled_at={} runs={} why=\"{}\"",
        job.name(),
        moment,
        decision.runs(),
        decision.reason());
  }

  private void enqueue(ScheduledJob job, Instant moment, String why) {
    String payload = payload(job, moment);
    runs.enqueue(job.name(), TriggerKind.SCHEDULE, moment, why, payload)
        .or(() -> runs.find(job.name(), moment)) // decided before a crash
        .filter(run -> run.state() == RunState.QUEUED)
        .ifPresent(triggers::fireNow);
  }

  // a moment must not be lost because nobody can say what is to be done at it: the run will tell
  private String payload(ScheduledJob job, Instant moment) {
    try {
      return handler.payload(job.name(), moment);
    } catch (RuntimeException e) {
      LOG.error("event=handler_failed job={} scheduled_at={}", job.name(), moment, e);
      return "";
    }
  }

  private void fireMoment(ScheduledJob job, Instant moment) {
    if (isForeign(job)) {
      enqueue(job, moment, "node " + runs.owner().node() + " does not have this job");
      return;
    }
    String payload = payload(job, moment);
    follow(job, runs.admit(job, TriggerKind.SCHEDULE, moment, payload));
  }

  /** Does what was decided about a firing. */
  private void follow(ScheduledJob job, Admission admission) {
    if (admission instanceof Admission.Admitted admitted) {
      admitted.superseded().forEach(runner::ended);
      runner.run(admitted.run(), admitted.movedFrom());
    } else if (admission instanceof Admission.Waiting waiting) {
      waiting.dropped().forEach(runner::ended);
      LOG.info(
          "event=run_waits run={} job={} why=\"{}\"",
          waiting.run().id(),
          job.name(),
          waiting.run().message());
      // who held it up may have ended between the look and the row that says so
      if (runs.admit(job, waiting.run().id()) instanceof Admission.Admitted admitted) {
        follow(job, admitted);
      }
    } else if (admission instanceof Admission.Skipped skipped) {
      LOG.info(
          "event=overlap_skipped run={} job={} why=\"{}\"",
          skipped.run().id(),
          job.name(),
          skipped.run().message());
      runner.ended(skipped.run());
    }
  }
}
