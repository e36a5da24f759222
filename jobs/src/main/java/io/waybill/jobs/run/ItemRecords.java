package io.waybill.jobs.run;

import io.waybill.jobs.ItemRecord;
import io.waybill.jobs.ItemState;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.Run;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the record of a run's items of their rows and of the attempts of their steps. */
final class ItemRecords {
  private ItemRecords() {}

  static List<ItemRecord> of(Run run, List<ItemJournal.Row> rows, List<Attempt> attempts) {
    Map<String, List<Attempt>> byItem = new HashMap<>();
    for (Attempt attempt : attempts) {
      ItemKeys.itemOf(attempt.stepKey())
          .ifPresent(key -> byItem.computeIfAbsent(key, k -> new ArrayList<>()).add(attempt));
    }
    return rows.stream()
        .map(row -> record(run, row, byItem.getOrDefault(row.item().key(), List.of())))
        .toList();
  }

  private static ItemRecord record(Run run, ItemJournal.Row row, List<Attempt> attempts) {
    Item item = row.item();
    Optional<ItemEnd> end = row.end();
    return new ItemRecord(
        item.number(),
        item.name(),
        end.map(ItemEnd::state).orElseGet(() -> open(run, attempts)),
        end.map(ItemEnd::message).orElseGet(() -> lastMessage(attempts)),
        attempts);
  }

  // what a run leaves behind that has ended before its items did not succeed
  private static ItemState open(Run run, List<Attempt> attempts) {
    boolean isRunning =
        attempts.stream().anyMatch(attempt -> attempt.state() == AttemptState.RUNNING);
    if (run.state().isFinished()) {
      return attempts.isEmpty() ? ItemState.WAITING : ItemState.FAILED;
    }
    return isRunning ? ItemState.RUNNING : ItemState.WAITING;
  }

  private static String lastMessage(List<Attempt> attempts) {
    return attempts.isEmpty() ? "" : attempts.get(attempts.size() - 1).message();
  }
}
