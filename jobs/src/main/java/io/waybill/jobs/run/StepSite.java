package io.waybill.jobs.run;

import io.waybill.jobs.StepDefinition;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.TriggerKind;
import java.util.List;

/**
 * A step where it stands in a run.
 *
 * @param step as the job says it
 * @param key under which its attempts are on record: its id, and for each item another
 * @param waiting who waits for its next attempt
 */
record StepSite(StepDefinition step, String key, Wait waiting) {

  /** Who waits for the next attempt of a step that has failed for now. */
  enum Wait {
    /** The thread that works on the run: the run ends with its process. */
    HERE,
    /** Nobody: the run is let go until then. */
    RELEASED,
    /** The item that it is done for, while others go on. */
    ITEM
  }

  /** Returns steps of a job. */
  static List<StepSite> ofJob(List<StepDefinition> steps, Run run) {
    Wait wait = run.kind() == TriggerKind.LOCAL ? Wait.HERE : Wait.RELEASED;
    return steps.stream().map(step -> new StepSite(step, step.id(), wait)).toList();
  }

  /** Returns steps that are done for an item. */
  static List<StepSite> ofItem(List<StepDefinition> steps, String itemKey) {
    return steps.stream()
        .map(step -> new StepSite(step, ItemKeys.stepKey(step.id(), itemKey), Wait.ITEM))
        .toList();
  }
}
