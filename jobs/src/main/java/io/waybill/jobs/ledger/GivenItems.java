package io.waybill.jobs.ledger;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run's payload says of items that it was given; they themselves are in the ledger.
 *
 * @param root under which the run's steps find them, in {@code trigger}: {@code files} or {@code
 *     messages}
 * @param count how many
 */
public record GivenItems(String root, int count) {
  private static final String KEY = "items";

  /** Returns what is in a run's payload; empty if it was given none. */
  public static Optional<GivenItems> of(String payload) {
    if (!payload.contains("\"" + KEY + "\"")) {
      return Optional.empty(); // most runs, and each of them asks when it ends
    }
    Map<String, Object> given = Plain.map(Json.readObject(payload), KEY);
    return given.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GivenItems(
                Plain.text(given, "root"), Math.toIntExact(Plain.number(given, "count"))));
  }

  /** Returns the payload of a run that is given these. */
  public String payload() {
    return payload("");
  }

  /**
   * Returns the payload of a run that is given these.
   *
   * @param others what else it has; empty for nothing
   */
  public String payload(String others) {
    Map<String, Object> form =
        others.isEmpty() ? new LinkedHashMap<>() : new LinkedHashMap<>(Json.readObject(others));
    form.put(KEY, Map.of("root", root, "count", (long) count));
    return Json.write(form);
  }

  /** Returns the items of a run that a job's trigger would start, of which there are none. */
  public static Optional<GivenItems> none(JobDefinition job) {
    for (Trigger trigger : job.triggers()) {
      if (!(trigger instanceof Trigger.JobEnds)) {
        return Optional.of(
            new GivenItems(trigger instanceof Trigger.FilesArrive ? "files" : "messages", 0));
      }
    }
    return Optional.empty();
  }

  /** Returns what {@code trigger} has in a run that was given these. */
  public Map<String, Object> trigger(List<LedgerItem> items) {
    return Map.of(root, items.stream().map(GivenItems::value).toList());
  }

  private static Map<String, Object> value(LedgerItem item) {
    Map<String, Object> value = new LinkedHashMap<>(item.value());
    value.put("id", item.key().id());
    return value;
  }
}
