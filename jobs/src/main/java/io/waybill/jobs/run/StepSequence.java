package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.JobDefinition;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import java.util.List;
import java.util.Optional;

/** Carries out steps one after another, behind those that are over. */
final class StepSequence {
  private final StepRunner steps;

  StepSequence(StepRunner steps) {
    this.steps = steps;
  }

  /**
   * Carries out a list of steps to its end, to the first failure, or to where it was ended.
   *
   * @throws SchedulerException.StaleClaim if another owner has taken the run over
   */
  RunEnd run(
      Run run,
      JobDefinition job,
      List<StepSite> list,
      RunScope scope,
      RunProgress progress,
      RunControl control) {
    for (StepSite site : list) {
      String id = site.step().id();
      Optional<Cause> ending = control.cause();
      if (ending.isPresent()) {
        return RunEnd.ended(ending.get(), control.why());
      }
      StepOutcome outcome =
          progress
              .settled(site.key())
              .orElseGet(() -> steps.run(run, job, site, scope.scope(), progress, control));
      if (outcome instanceof StepOutcome.Succeeded succeeded) {
        scope.stepSucceeded(id, succeeded.result());
      } else if (outcome instanceof StepOutcome.Failed failed) {
        return RunEnd.failed(failed.failureClass(), failed.state(), said(id, failed.message()));
      } else if (outcome instanceof StepOutcome.Waiting waiting) {
        return RunEnd.waiting(waiting.last());
      } else if (outcome instanceof StepOutcome.Ended ended) {
        return RunEnd.ended(ended.cause(), control.why());
      }
    }
    return RunEnd.SUCCEEDED;
  }

  // some failures name their step, with its place in the file
  private static String said(String id, String message) {
    String step = "step \"%s\"".formatted(id);
    return message.contains(step) ? message : step + ": " + message;
  }

  /** Takes back what steps left waiting that are not tried again. */
  void abandon(Run run, List<StepSite> list, RunScope scope, RunProgress progress) {
    for (StepSite site : list) {
      progress
          .result(site.key())
          .ifPresent(result -> scope.stepSucceeded(site.step().id(), result));
      if (progress.isUnderWay(site.key())) {
        steps.abandon(run, site, scope.scope());
      }
    }
  }
}
