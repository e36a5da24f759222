package io.waybill.jobs.ledger;

import java.util.Map;
import java.util.Objects;

/**
 * Something that a trigger has found.
 *
 * @param id SHA-256 in hex of what it is
 * @param place SHA-256 in hex of where it is: what is found there later takes its place
 * @param name what a person calls it
 * @param rank by which those that wait are ordered, as text
 * @param value what {@code ${item}} yields of it
 */
public record FoundItem(
    String id, String place, String name, String rank, Map<String, Object> value) {
  public FoundItem {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(rank, "rank");
    value = Map.copyOf(value);
  }
}
