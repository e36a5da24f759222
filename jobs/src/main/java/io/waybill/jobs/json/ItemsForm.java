package io.waybill.jobs.json;

import io.waybill.jobs.ItemRecord;
import io.waybill.jobs.ItemState;
import io.waybill.scheduler.Attempt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The JSON form of the items of a run, {@code items} in {@code waybill.run/1}: how many there are
 * and how many of them are where, and under {@code open} those that have not succeeded.
 */
final class ItemsForm {
  private static final int MOST = 100;

  private ItemsForm() {}

  /**
   * Returns the form.
   *
   * @param attemptForm of one attempt
   */
  static Map<String, Object> of(
      List<ItemRecord> items, Function<Attempt, Map<String, Object>> attemptForm) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("total", (long) items.size());
    for (ItemState state : ItemState.values()) {
      form.put(Plain.word(state), items.stream().filter(item -> item.state() == state).count());
    }
    List<ItemRecord> open =
        items.stream()
            .filter(item -> item.state() != ItemState.SUCCEEDED && isBegun(item))
            .toList();
    form.put("open", open.stream().limit(MOST).map(item -> of(item, attemptForm)).toList());
    if (open.size() > MOST) {
      form.put("not-listed", (long) open.size() - MOST);
    }
    return form;
  }

  // of those that nobody has begun there is nothing to say
  private static boolean isBegun(ItemRecord item) {
    return item.state() != ItemState.WAITING || !item.attempts().isEmpty();
  }

  private static Map<String, Object> of(
      ItemRecord item, Function<Attempt, Map<String, Object>> attemptForm) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("number", (long) item.number());
    form.put("name", item.name());
    form.put("state", Plain.word(item.state()));
    if (!item.message().isEmpty()) {
      form.put("message", item.message());
    }
    List<Map<String, Object>> attempts = new ArrayList<>();
    for (Attempt attempt : item.attempts()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("step", attempt.stepKey().replaceFirst("\\[.*", ""));
      one.putAll(attemptForm.apply(attempt));
      attempts.add(one);
    }
    form.put("attempts", attempts);
    return form;
  }
}
