package io.waybill;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.run.RunPayload;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;

/** Has a run tried again that has ended without success: the same run, from where it failed. */
final class RetriedRun {
  private RetriedRun() {}

  /** Returns a run that can be tried again. */
  private static Run require(Waybill waybill, Rooms rooms, String runId) {
    Run run =
        rooms
            .runs()
            .find(runId)
            .orElseThrow(() -> new JobException.NotFound("there is no run " + runId));
    if (run.kind() == TriggerKind.SHARD) {
      throw new JobException.Configuration(
          "run %s is a part of run %s: retry that"
              .formatted(runId, run.parent().orElse("of its job")));
    }
    if (!run.state().isRetriable()) {
      throw new JobException.Configuration(
          run.state() == RunState.SUCCEEDED
              ? "run %s has succeeded, there is nothing to do again; \"waybill trigger %s\" makes another"
                  .formatted(runId, run.job())
              : run.state() == RunState.SKIPPED
                  ? "run %s never began (%s); \"waybill trigger %s\" makes another"
                      .formatted(runId, run.message(), run.job())
                  : "run %s has not ended: it is %s".formatted(runId, Plain.word(run.state())));
    }
    waybill.require(run.job());
    return run;
  }

  /** Has the scheduler go on with it. */
  static void scheduled(Waybill waybill, Rooms rooms, String runId) {
    Run run = require(waybill, rooms, runId);
    try {
      waybill.started().retry(runId, RunPayload.retried(run.payload(), run.token()));
    } catch (SchedulerException.NotClaimable e) {
      throw lost(runId, e);
    }
  }

  /** Takes it for this process, which then goes on with it. */
  static LocalRun here(Waybill waybill, Rooms rooms, String runId) {
    Run run = require(waybill, rooms, runId);
    try {
      Run waiting =
          rooms
              .runs()
              .retry(runId, TriggerKind.LOCAL, RunPayload.retried(run.payload(), run.token()));
      return LocalRun.goOn(rooms, waybill.require(run.job()), waiting);
    } catch (SchedulerException.NotClaimable e) {
      throw lost(runId, e);
    }
  }

  private static JobException lost(String runId, SchedulerException.NotClaimable e) {
    return new JobException.Configuration(
        "run %s is being tried again by somebody else already".formatted(runId), e);
  }
}
