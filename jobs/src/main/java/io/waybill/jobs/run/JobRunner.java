package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs one job: its steps in order, then the hooks that fit its end. A run that goes on after a
 * restart finds the results of its finished steps in the store and continues behind them.
 */
final class JobRunner {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final StepRunner steps;
  private final RunJournal journal;
  private final RunListener listener;
  private final ParameterResolver parameters = new ParameterResolver(Filters.standard());

  JobRunner(StepRunner steps, RunJournal journal, RunListener listener) {
    this.steps = steps;
    this.journal = journal;
    this.listener = listener;
  }

  /**
   * Runs a claimed run to its end, or to where it was ended from outside.
   *
   * @throws SchedulerException.StaleClaim if another owner has taken the run over
   */
  RunRecord run(Run run, JobDefinition job, Configuration configuration, RunControl control) {
    try (MDC.MDCCloseable runKey = MDC.putCloseable("run", run.id());
        MDC.MDCCloseable jobKey = MDC.putCloseable("job", job.name())) {
      LOG.info("event=run-started recovered={} kind={}", run.recovered(), run.kind());
      listener.on(new RunEvent.RunStarted(run));
      RunEnd end = carryOut(run, job, configuration, control);
      Run ended = end.isWritten() ? journal.runEnded(run, end) : run;
      LOG.info("event=run-ended state={} message={}", end.state(), end.message());
      return journal.record(ended);
    }
  }

  private RunEnd carryOut(
      Run run, JobDefinition job, Configuration configuration, RunControl control) {
    RunScope scope;
    try {
      scope = RunScope.of(run, job, configuration.vars(), parameters);
    } catch (JobException.Configuration e) {
      return RunEnd.failed(e.failureClass(), AttemptState.FAILED, Failures.describe(e));
    }
    Map<String, StepOutcome> settled = journal.settledSteps(run.id());
    RunEnd end = runAll(run, job, job.steps(Hook.STEPS), scope, settled, control);
    scope.ended(end);
    if (!end.isWritten() || end.state() == RunState.CANCELLED) {
      return end;
    }
    Hook fitting = end.state() == RunState.SUCCEEDED ? Hook.ON_SUCCESS : Hook.ON_FAILURE;
    end = end.after(runAll(run, job, job.steps(fitting), scope, settled, control));
    scope.ended(end);
    return end.after(runAll(run, job, job.steps(Hook.ALWAYS), scope, settled, control));
  }

  private RunEnd runAll(
      Run run,
      JobDefinition job,
      List<StepDefinition> list,
      RunScope scope,
      Map<String, StepOutcome> settled,
      RunControl control) {
    for (StepDefinition step : list) {
      Optional<Cause> ending = control.cause();
      if (ending.isPresent()) {
        return RunEnd.ended(ending.get());
      }
      StepOutcome earlier = settled.get(step.id());
      StepOutcome outcome =
          earlier != null ? earlier : steps.run(run, job, step, scope.scope(), control);
      if (outcome instanceof StepOutcome.Succeeded succeeded) {
        scope.stepSucceeded(step.id(), succeeded.result());
      } else if (outcome instanceof StepOutcome.Failed failed) {
        return RunEnd.failed(
            failed.failureClass(),
            failed.state(),
            "step \"%s\": %s".formatted(step.id(), failed.message()));
      } else {
        return RunEnd.ended(((StepOutcome.Ended) outcome).cause());
      }
    }
    return RunEnd.SUCCEEDED;
  }
}
