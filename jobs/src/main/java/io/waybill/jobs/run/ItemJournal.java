package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.ItemState;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.ledger.LedgerSettlement;
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
  private final LedgerSettlement settlement;

  /**
   * Prepares.
   *
   * @param settlement hears of each item's end, in its transaction
   */
  ItemJournal(StepStore store, LedgerSettlement settlement) {
    this.store = store;
    this.settlement = settlement;
  }

  /**
   * An item and what is known of it.
   *
   * @param end empty while it has none
   */
  record Row(Item item, Optional<ItemEnd> end) {
    /** Returns it without an end that is to be tried again: whoever asked wants the rest done. */
    private Row retried() {
      return new Row(item, end.filter(over -> over.state() == ItemState.SUCCEEDED));
    }
  }

  /** Returns the items of a run in their order; empty before there are any. */
  List<Row> rows(Run run) {
    long retried = RunPayload.retried(run.payload());
    return store.items(run.id(), EachDefinition.NAME).entrySet().stream()
        .map(entry -> row(entry.getKey(), entry.getValue(), retried))
        .filter(row -> row.item().since() >= run.restartToken())
        .sorted(Comparator.comparingInt(row -> row.item().number()))
        .toList();
  }

  /** Writes down what is going to be done. */
  void begin(Run run, List<Item> items) {
    Map<String, Map<String, Object>> receipts = new LinkedHashMap<>();
    items.forEach(item -> receipts.put(item.key(), receipt(run, item, null)));
    store.replaceItems(run, EachDefinition.NAME, receipts);
  }

  /** Writes down that an item is begun anew. */
  void restarted(Run run, Item item) {
    store.items(run, EachDefinition.NAME, 0).done(item.key(), receipt(run, item, null));
  }

  /** Writes down that an item is over. */
  void ended(Run run, Item item, ItemEnd end) {
    store.done(
        run,
        EachDefinition.NAME,
        item.key(),
        receipt(run, item, end),
        connection -> {
          if (item.value() instanceof Map<?, ?> value && value.get("id") instanceof String id) {
            settlement.itemEnded(connection, run, id, end.state(), end.message());
          }
        });
  }

  static Map<String, Object> receipt(Run run, Item item, @Nullable ItemEnd end) {
    Map<String, Object> receipt = new LinkedHashMap<>();
    receipt.put("number", (long) item.number());
    receipt.put("value", item.value());
    receipt.put("since", item.since());
    if (end != null) {
      receipt.put("ended-under", run.token());
      receipt.put("state", Plain.word(end.state()));
      end.failureClass().ifPresent(failure -> receipt.put("failure", Plain.word(failure)));
      receipt.put("message", end.message());
    }
    return receipt;
  }

  /**
   * Reads a row.
   *
   * @param retried the token up to which only what succeeded counts
   */
  static Row row(String key, Map<String, Object> receipt, long retried) {
    Item item =
        new Item(
            Math.toIntExact(Plain.number(receipt, "number")),
            key,
            Plain.value(receipt, "value"),
            Plain.number(receipt, "since"));
    Optional<ItemEnd> end =
        receipt.containsKey("state")
            ? Optional.of(
                new ItemEnd(
                    ItemState.valueOf(constant(Plain.text(receipt, "state"))),
                    Optional.ofNullable(receipt.get("failure"))
                        .map(word -> FailureClass.valueOf(constant(word.toString()))),
                    Plain.text(receipt, "message")))
            : Optional.empty();
    Row row = new Row(item, end);
    return end.isPresent() && Plain.number(receipt, "ended-under") <= retried ? row.retried() : row;
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
