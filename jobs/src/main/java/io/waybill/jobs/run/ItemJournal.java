package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.ItemState;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The items of a run's {@code each} on record: the list as it was found, so that it is the same
 * after a restart, and how each item has ended.
 */
final class ItemJournal {
  private final StepStore store;

  ItemJournal(StepStore store) {
    this.store = store;
  }

  /**
   * An item and what is known of it.
   *
   * @param since the run's token under which it was begun last: older attempts count no more
   * @param end empty while it has none
   */
  record Row(Item item, long since, Optional<ItemEnd> end) {}

  /** Returns the items of a run in their order; empty before there are any. */
  List<Row> rows(Run run) {
    return store.items(run.id(), EachDefinition.NAME).entrySet().stream()
        .map(entry -> row(entry.getKey(), entry.getValue()))
        .filter(row -> row.since() >= run.restartToken())
        .sorted(Comparator.comparingInt(row -> row.item().number()))
        .toList();
  }

  /** Writes down what is going to be done. */
  void begin(Run run, List<Item> items) {
    Map<String, Map<String, Object>> receipts = new LinkedHashMap<>();
    items.forEach(item -> receipts.put(item.key(), receipt(run, item, null)));
    store.replaceItems(run, EachDefinition.NAME, receipts);
  }

  /** Lets what was done for an item before this claim of the run count no more. */
  void restarted(Run run, Item item) {
    store.items(run, EachDefinition.NAME, 0).done(item.key(), receipt(run, item, null));
  }

  /** Writes down that an item is over. */
  void ended(Run run, Item item, ItemEnd end) {
    store.items(run, EachDefinition.NAME, 0).done(item.key(), receipt(run, item, end));
  }

  private static Map<String, Object> receipt(Run run, Item item, @Nullable ItemEnd end) {
    Map<String, Object> receipt = new LinkedHashMap<>();
    receipt.put("number", (long) item.number());
    receipt.put("value", item.value());
    receipt.put("since", run.token());
    if (end != null) {
      receipt.put("state", Plain.word(end.state()));
      end.failureClass().ifPresent(failure -> receipt.put("failure", Plain.word(failure)));
      receipt.put("message", end.message());
    }
    return receipt;
  }

  private static Row row(String key, Map<String, Object> receipt) {
    Item item =
        new Item(
            Math.toIntExact(Plain.number(receipt, "number")), key, Plain.value(receipt, "value"));
    Optional<ItemEnd> end =
        receipt.containsKey("state")
            ? Optional.of(
                new ItemEnd(
                    ItemState.valueOf(constant(Plain.text(receipt, "state"))),
                    Optional.ofNullable(receipt.get("failure"))
                        .map(word -> FailureClass.valueOf(constant(word.toString()))),
                    Plain.text(receipt, "message")))
            : Optional.empty();
    return new Row(item, Plain.number(receipt, "since"), end);
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
