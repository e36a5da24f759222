package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.RunStore;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands claimed runs to the handler, and sees to what is to happen when it is done with them. */
final class FiringRunner {
  private static final Logger LOG = LoggerFactory.getLogger(FiringRunner.class);

  private final RunStore runs;
  private final FiringHandler handler;
  private final RunTriggers triggers;
  private final ActiveFirings active = new ActiveFirings();
  private volatile boolean closing;

  FiringRunner(RunStore runs, FiringHandler handler, RunTriggers triggers) {
    this.runs = runs;
    this.handler = handler;
    this.triggers = triggers;
  }

  ActiveFirings active() {
    return active;
  }

  void closing() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }

  /** Runs a claimed run; whatever the handler throws, nobody else has to see to it. */
  void run(Run run, Optional<String> movedFrom) {
    active.enter(run.id());
    try {
      settle(run, fire(run, movedFrom));
    } catch (SchedulerException e) {
      // the store was away: the watch finds the run, or what waits behind it
      LOG.warn(
          "event=run_not_settled run={} job={} why=\"{}\"", run.id(), run.job(), e.getMessage());
    } finally {
      active.leave(run.id());
    }
  }

  private Optional<Throwable> fire(Run run, Optional<String> movedFrom) {
    try {
      handler.fire(
          Firing.builder()
              .job(run.job())
              .kind(run.kind())
              .scheduledAt(run.scheduledAt())
              .firedAt(Instant.now())
              .run(run)
              .recovering(run.recovered())
              .movedFrom(movedFrom)
              .build());
      return Optional.empty();
    } catch (RuntimeException | Error e) { // a broken handler must not leave its run without an end
      LOG.error("event=handler_failed run={} job={}", run.id(), run.job(), e);
      return Optional.of(e);
    }
  }

  private void settle(Run run, Optional<Throwable> failure) {
    Run last = run;
    try {
      if (failure.isPresent() && !closing && !(failure.get() instanceof SchedulerException)) {
        // nobody else would ever end it; after a failure of the store the watch brings it back
        new AbandonedRun(runs, run).fail(failure.get());
      }
    } finally {
      last = runs.letGo(run.id()).orElse(run);
    }
    if (last.dueAt().isPresent()) {
      triggers.fireWhenDue(last);
    }
    if (last.state().isFinished() || last.dueAt().isPresent()) {
      triggers.wakeBehind(last);
    }
  }

  /** Tells the handler of a run that ended without it; what it makes of that stops nothing. */
  void ended(Run run) {
    try {
      handler.ended(run);
    } catch (RuntimeException e) {
      LOG.warn("event=handler_failed run={} job={} doing=ended", run.id(), run.job(), e);
    }
  }
}
