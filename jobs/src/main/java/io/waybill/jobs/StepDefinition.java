package io.waybill.jobs;

import io.waybill.scheduler.RetryPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One action of a job as the file says it: checked, but with its expressions still in it.
 *
 * @param id unique in its job
 * @param type its kind
 * @param arguments by key: text, {@link Long}, {@link Double}, {@link Boolean}, {@link Duration},
 *     {@link Secret}, {@link Template}, and lists and maps of these
 * @param policy what it overrides of its job's
 * @param position of its first key
 */
public record StepDefinition(
    String id, StepType<?> type, Map<String, Object> arguments, Policy policy, Position position) {
  public StepDefinition {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(type, "type");
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(position, "position");
  }

  /**
   * A step's own rules; what is empty comes from the job.
   *
   * @param condition yields whether it is done at all; without one it is
   */
  public record Policy(
      Optional<RetryPolicy> retry, Optional<Duration> timeout, Optional<Template> condition) {
    /** Everything as the job says. */
    public static final Policy OF_THE_JOB =
        new Policy(Optional.empty(), Optional.empty(), Optional.empty());
  }
}
