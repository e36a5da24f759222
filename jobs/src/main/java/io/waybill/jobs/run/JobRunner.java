package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs one job: its steps in order, a look whether it is like the runs before, then the hooks that
 * fit its end. A run that goes on after a restart finds the results of its finished steps in the
 * store and continues behind them.
 */
final class JobRunner {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final StepSequence sequence;
  private final EachRunner items;
  private final RunComparison comparison;
  private final RunJournal journal;
  private final RunListener listener;
  private final ParameterResolver parameters = new ParameterResolver(Filters.standard());

  JobRunner(StepRunner steps, RunJournal journal, RunListener listener, InstantSource clock) {
    sequence = new StepSequence(steps);
    items = new EachRunner(journal, new ItemRunner(sequence), clock, listener);
    comparison = new RunComparison(journal);
    this.journal = journal;
    this.listener = listener;
  }

  /**
   * Runs a claimed run to its end, to the next wait, or to where it was ended from outside.
   *
   * @param moved whether it was on another node before
   * @throws SchedulerException.StaleClaim if another owner has taken the run over
   */
  RunRecord run(
      Run claimed,
      JobDefinition job,
      Configuration configuration,
      RunControl control,
      boolean moved) {
    try (MDC.MDCCloseable runKey = MDC.putCloseable("run", claimed.id());
        MDC.MDCCloseable jobKey = MDC.putCloseable("job", job.name())) {
      LOG.info("event=run-started recovered={} kind={}", claimed.recovered(), claimed.kind());
      listener.on(new RunEvent.RunStarted(claimed));
      askForSecrets(configuration);
      Run run = moved ? arrived(claimed, job) : claimed;
      RunEnd end = carryOut(run, job, configuration, control, moved);
      Run ended = end.isWritten() ? journal.runEnded(run, end) : run;
      LOG.info(
          "event={} state={} message={}",
          end.state().isFinished() ? "run-ended" : "run-left",
          end.state(),
          end.message());
      return journal.record(ended);
    }
  }

  // a program may print one that its job does not name; who hands it out has it masked
  private static void askForSecrets(Configuration configuration) {
    for (Secret each : configuration.shared().secrets()) {
      if (each.isAtHand()) {
        try {
          String unused = each.get();
        } catch (JobException.Configuration e) {
          // a step that needs it fails with these words
          LOG.debug("event=secret-not-known secret={} reason=\"{}\"", each.name(), e.getMessage());
        }
      }
    }
  }

  /** Lets a run begin anew if what its steps have left is on the node that it was on. */
  private Run arrived(Run run, JobDefinition job) {
    RunProgress progress = journal.progress(run, job);
    boolean needed =
        Stream.of(Hook.values())
            .flatMap(hook -> job.steps(hook).stream())
            .anyMatch(step -> progress.result(step.id()).filter(step.type()::isLocal).isPresent());
    if (needed) {
      LOG.warn("event=run-begins-anew reason=\"what it has fetched is on the node that it left\"");
      return journal.restarted(run);
    }
    return run;
  }

  /** Takes back what a run left waiting that ends before its next attempt. */
  void abandon(Run run, JobDefinition job, Configuration configuration) {
    RunProgress progress = journal.progress(run, job);
    RunScope scope = RunScope.of(run, job, configuration.vars(), journal.trigger(run), parameters);
    sequence.abandon(run, StepSite.ofJob(job.steps(Hook.STEPS), run), scope, progress);
    job.each().ifPresent(each -> items.abandon(run, each, scope, progress));
    for (Hook hook : List.of(Hook.ON_SUCCESS, Hook.ON_FAILURE, Hook.ALWAYS)) {
      sequence.abandon(run, StepSite.ofJob(job.steps(hook), run), scope, progress);
    }
  }

  private RunEnd carryOut(
      Run run, JobDefinition job, Configuration configuration, RunControl control, boolean moved) {
    if (control.cause().equals(Optional.of(Cause.CANCELLED))) {
      abandon(run, job, configuration);
      return RunEnd.ended(Cause.CANCELLED, control.why());
    }
    RunScope scope;
    try {
      scope = RunScope.of(run, job, configuration.vars(), journal.trigger(run), parameters);
    } catch (JobException.Configuration e) {
      return RunEnd.failed(e.failureClass(), AttemptState.FAILED, Failures.describe(e));
    }
    RunProgress progress = journal.progress(run, job);
    RunEnd end = runAll(run, job, job.steps(Hook.STEPS), scope, progress, control);
    if (end.state() == RunState.SUCCEEDED && job.each().isPresent()) {
      end = items.run(run, job, scope, progress, control, moved);
      if (end.state() == RunState.CANCELLED) {
        abandon(run, job, configuration);
      }
    }
    end = comparison.judge(run, job, progress, end);
    scope.ended(end);
    if (!end.isWritten() || end.state() == RunState.CANCELLED) {
      return end;
    }
    Hook fitting = end.state() == RunState.SUCCEEDED ? Hook.ON_SUCCESS : Hook.ON_FAILURE;
    end = end.after(runAll(run, job, job.steps(fitting), scope, progress, control));
    if (!end.isWritten()) {
      return end;
    }
    scope.ended(end);
    return end.after(runAll(run, job, job.steps(Hook.ALWAYS), scope, progress, control));
  }

  private RunEnd runAll(
      Run run,
      JobDefinition job,
      List<StepDefinition> list,
      RunScope scope,
      RunProgress progress,
      RunControl control) {
    return sequence.run(run, job, StepSite.ofJob(list, run), scope, progress, control);
  }
}
