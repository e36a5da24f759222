package io.waybill.jobs;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the store knows of a run.
 *
 * @param run the run's own row
 * @param steps those that were started, in their order
 * @param items those of its {@code each}, in their order; empty without one, and until it was begun
 */
public record RunRecord(Run run, List<StepRecord> steps, List<ItemRecord> items) {
  public RunRecord {
    Objects.requireNonNull(run, "run");
    steps = List.copyOf(steps);
    items = List.copyOf(items);
  }

  public boolean isSuccess() {
    return run.state() == RunState.SUCCEEDED;
  }

  public Optional<StepRecord> step(String id) {
    return steps.stream().filter(step -> step.id().equals(id)).findFirst();
  }
}
