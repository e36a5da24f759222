package io.waybill.jobs;

import io.waybill.scheduler.Attempt;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the store knows of one step of a run.
 *
 * @param id unique in its job
 * @param kind the step's kind
 * @param state where it is
 * @param result what it left behind; empty unless it succeeded
 * @param attempts in their order
 */
public record StepRecord(
    String id, String kind, StepState state, Optional<StepResult> result, List<Attempt> attempts) {
  public StepRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(result, "result");
    attempts = List.copyOf(attempts);
  }
}
