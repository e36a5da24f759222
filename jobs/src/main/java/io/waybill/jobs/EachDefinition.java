package io.waybill.jobs;

import io.waybill.jobs.JobDefinition.Hook;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a job does for each item of a list, after its steps.
 *
 * @param in the list: texts, and {@link Template}s that yield lists or texts
 * @param concurrency how many items are worked on at the same time, from 1 to {@value
 *     #MOST_AT_ONCE}
 * @param steps done for each item, and its hooks: {@link Hook#ON_SUCCESS} and {@link
 *     Hook#ON_FAILURE}
 * @param position where the file says it
 */
public record EachDefinition(
    List<Object> in, int concurrency, Map<Hook, List<StepDefinition>> steps, Position position) {
  /** The name under which it stands among the steps of a run. */
  public static final String NAME = "each";

  /** The most items that are worked on at the same time. */
  public static final int MOST_AT_ONCE = 64;

  /**
   * The longest name that a step for each item can have, as the item stands behind it on record.
   */
  public static final int LONGEST_ID = 70;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if it has no list or no steps, an {@link Hook#ALWAYS}, too
   *     much at once, or a step whose id is too long
   */
  public EachDefinition {
    in = List.copyOf(in);
    Map<Hook, List<StepDefinition>> copies = new EnumMap<>(Hook.class);
    steps.forEach((hook, list) -> copies.put(hook, List.copyOf(list)));
    steps = Collections.unmodifiableMap(copies);
    Objects.requireNonNull(position, "position");
    if (in.isEmpty() || steps.getOrDefault(Hook.STEPS, List.of()).isEmpty()) {
      throw new IllegalArgumentException("\"each\" needs \"in\" and \"steps\"");
    }
    if (steps.containsKey(Hook.ALWAYS)) {
      throw new IllegalArgumentException("\"each\" has no \"always\"");
    }
    if (concurrency < 1 || concurrency > MOST_AT_ONCE) {
      throw new IllegalArgumentException("concurrency: " + concurrency);
    }
    steps.values().stream()
        .flatMap(List::stream)
        .filter(step -> step.id().length() > LONGEST_ID)
        .findFirst()
        .ifPresent(
            step -> {
              throw new IllegalArgumentException("too long a name: " + step.id());
            });
  }

  /** Returns whether its items are what people have said, and nothing that a run has found. */
  public boolean isByAuthor() {
    return in.stream()
        .allMatch(given -> !(given instanceof Template template) || template.isByAuthor());
  }

  /** Returns the steps of a hook, in order; empty where there are none. */
  public List<StepDefinition> steps(Hook hook) {
    return steps.getOrDefault(hook, List.of());
  }

  /** Returns all of them. */
  public Stream<StepDefinition> allSteps() {
    return steps.values().stream().flatMap(List::stream);
  }
}
