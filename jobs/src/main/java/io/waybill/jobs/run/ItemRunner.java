package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.StepDefinition;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import java.util.List;
import java.util.stream.Stream;

/** Does what a job does for each item, for one: its steps, then the hook that fits their end. */
final class ItemRunner {
  private final StepSequence sequence;

  ItemRunner(StepSequence sequence) {
    this.sequence = sequence;
  }

  /** Returns how the item ended, that it waits for its next attempt, or that it was ended. */
  RunEnd run(
      Run run,
      JobDefinition job,
      Item item,
      RunScope scope,
      RunProgress progress,
      RunControl control) {
    EachDefinition each = job.each().orElseThrow();
    RunEnd end = run(run, job, each.steps(Hook.STEPS), item, scope, progress, control);
    if (!end.isWritten() || end.state() == RunState.CANCELLED) {
      return end;
    }
    scope.ended(end);
    Hook fitting = end.state() == RunState.SUCCEEDED ? Hook.ON_SUCCESS : Hook.ON_FAILURE;
    return end.after(run(run, job, each.steps(fitting), item, scope, progress, control));
  }

  private RunEnd run(
      Run run,
      JobDefinition job,
      List<StepDefinition> steps,
      Item item,
      RunScope scope,
      RunProgress progress,
      RunControl control) {
    return sequence.run(run, job, StepSite.ofItem(steps, item.key()), scope, progress, control);
  }

  /** Takes back what the item's steps left waiting. */
  void abandon(Run run, EachDefinition each, Item item, RunScope scope, RunProgress progress) {
    sequence.abandon(run, sites(each, item), scope, progress);
  }

  /** Returns all steps that can be done for an item, those of its hooks last. */
  static List<StepSite> sites(EachDefinition each, Item item) {
    return Stream.of(Hook.STEPS, Hook.ON_SUCCESS, Hook.ON_FAILURE)
        .flatMap(hook -> StepSite.ofItem(each.steps(hook), item.key()).stream())
        .toList();
  }
}
