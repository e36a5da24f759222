package io.waybill.jobs.run;

import io.waybill.jobs.ItemState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many items of a run ended how, and how that is said. */
final class ItemCounts {
  private static final int MOST_NAMED = 3;

  private final List<ItemJournal.Row> rows;
  private final Map<ItemState, Integer> byState = new EnumMap<>(ItemState.class);

  ItemCounts(List<ItemJournal.Row> rows) {
    this.rows = rows;
    for (ItemJournal.Row row : rows) {
      byState.merge(row.end().map(ItemEnd::state).orElse(ItemState.WAITING), 1, Integer::sum);
    }
  }

  int total() {
    return rows.size();
  }

  int of(ItemState state) {
    return byState.getOrDefault(state, 0);
  }

  /** Returns the ends of those that have not succeeded, in the order of the list. */
  List<ItemEnd> failures() {
    return rows.stream()
        .map(ItemJournal.Row::end)
        .flatMap(Optional::stream)
        .filter(end -> end.state() != ItemState.SUCCEEDED)
        .toList();
  }

  /** Returns what {@code ${each}} has. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("items", (long) total());
    values.put("succeeded", (long) of(ItemState.SUCCEEDED));
    values.put("failed", (long) of(ItemState.FAILED));
    values.put("unknown", (long) of(ItemState.UNKNOWN));
    return values;
  }

  /** Returns one sentence about all: how many, and of the first that failed why. */
  String summary() {
    if (total() == 0) {
      return "there were no items";
    }
    if (of(ItemState.SUCCEEDED) == total()) {
      return total() == 1 ? "the item succeeded" : "all " + total() + " items succeeded";
    }
    List<String> counts = new ArrayList<>();
    add(counts, ItemState.FAILED, "failed");
    add(counts, ItemState.UNKNOWN, "of unknown outcome");
    add(counts, ItemState.WAITING, "to be tried again");
    List<String> named = named();
    return "of %d items %s%s"
        .formatted(
            total(),
            String.join(", ", counts),
            named.isEmpty() ? "" : ": " + String.join("; ", named));
  }

  private void add(List<String> counts, ItemState state, String words) {
    if (of(state) > 0) {
      counts.add(of(state) + " " + words);
    }
  }

  private List<String> named() {
    List<String> named = new ArrayList<>();
    for (ItemJournal.Row row : rows) {
      Optional<ItemEnd> failed = row.end().filter(end -> end.state() != ItemState.SUCCEEDED);
      if (failed.isPresent() && named.size() < MOST_NAMED) {
        named.add(row.item().name() + ": " + failed.get().message());
      }
    }
    int more = failures().size() - named.size();
    if (more > 0) {
      named.add("and " + more + " more");
    }
    return named;
  }
}
