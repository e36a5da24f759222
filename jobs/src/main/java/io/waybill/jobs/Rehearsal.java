package io.waybill.jobs;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a step would do, found out without doing it.
 *
 * @param words one sentence for a person, such as {@code would copy 3 files, 1.2 MiB}
 * @param items what it would do one by one, at most {@link #MOST_ITEMS}, as plain values, see
 *     {@link StepResult}; {@code text} among them is shown to a person as it is
 * @param result what later steps can read; empty where only the run itself will tell
 * @param failure what the step would end with, though it would do what is told; empty if nothing is
 *     known to be in the way
 */
public record Rehearsal(
    String words,
    List<Map<String, Object>> items,
    Optional<StepResult> result,
    Optional<RuntimeException> failure) {
  /** How many items are told at most; the words tell of all. */
  public static final int MOST_ITEMS = 1_000;

  public Rehearsal {
    Objects.requireNonNull(words, "words");
    items = List.copyOf(items);
    Objects.requireNonNull(result, "result");
    Objects.requireNonNull(failure, "failure");
  }

  /** Tells what would be done, with nothing in the way. */
  public Rehearsal(String words, List<Map<String, Object>> items, Optional<StepResult> result) {
    this(words, items, result, Optional.empty());
  }

  /** Tells nothing but that the step would run, with the arguments that are shown anyway. */
  public static Rehearsal wouldRun() {
    return new Rehearsal("would run", List.of(), Optional.empty());
  }

  /** Tells what would be done, which only the run itself does. */
  public static Rehearsal of(String words, List<Map<String, Object>> items) {
    return new Rehearsal(words, items, Optional.empty());
  }
}
