package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the runs of a job that was taken out, which nobody can go on with. */
final class JoblessRuns {
  private static final Logger LOG = LoggerFactory.getLogger(JoblessRuns.class);
  private static final String QUEUED = "the job was unscheduled before the run began";
  private static final String BEGUN = "the job was unscheduled before the run ended";

  private final RunStore runs;
  private final FiringRunner runner;
  private final RunTriggers triggers;

  JoblessRuns(RunStore runs, FiringRunner runner, RunTriggers triggers) {
    this.runs = runs;
    this.runner = runner;
    this.triggers = triggers;
  }

  /** Ends a run, unless somebody is at work on it: that one brings it to its own end. */
  void end(Run run) {
    if (run.kind() == TriggerKind.LOCAL || runs.isHeld(run)) {
      return;
    }
    if (run.state() == RunState.QUEUED) {
      runs.skipQueued(run.id(), QUEUED).ifPresent(runner::ended);
      return;
    }
    try {
      runs.requestEnd(run.id(), BEGUN); // so that it is due
      cancel(runs.claim(run.id()));
    } catch (SchedulerException.NotClaimable | SchedulerException.StaleClaim e) {
      LOG.info("event=run_ended_by_another run={} job={}", run.id(), run.job());
    }
  }

  private void cancel(Run claimed) {
    try {
      Run ended =
          runs.finish(claimed, RunState.CANCELLED, Optional.empty(), BEGUN, claimed.payload());
      runner.ended(ended);
      triggers.wakeBehind(ended); // it may have counted in a limit since its owner died
      LOG.warn("event=run_without_job run={} job={} ended=cancelled", claimed.id(), claimed.job());
    } finally {
      runs.letGo(claimed.id());
    }
  }
}
