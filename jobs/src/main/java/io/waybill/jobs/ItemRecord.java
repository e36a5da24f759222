package io.waybill.jobs;

import io.waybill.scheduler.Attempt;
import java.util.List;
import java.util.Objects;

/**
 * What the store knows of one item of a run's {@code each}.
 *
 * @param number from 1, in the order of the list
 * @param name for a person
 * @param state where it is
 * @param message why it failed; empty if there is nothing to say
 * @param attempts of its steps, oldest first; their step keys begin with the step's id
 */
public record ItemRecord(
    int number, String name, ItemState state, String message, List<Attempt> attempts) {
  public ItemRecord {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(message, "message");
    attempts = List.copyOf(attempts);
  }
}
