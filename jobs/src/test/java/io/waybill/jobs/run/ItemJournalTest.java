package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.ItemState;
import io.waybill.jobs.json.Json;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ItemJournalTest {
  private static final Item ITEM = new Item(7, "3f", Map.of("location", "/in/a", "size", 3L), 2);
  private static final ItemEnd FAILED =
      new ItemEnd(ItemState.FAILED, Optional.of(FailureClass.PERMANENT), "gone");
  private static final ItemEnd SUCCEEDED = new ItemEnd(ItemState.SUCCEEDED, Optional.empty(), "");
  private final Run run =
      Run.builder().id("01").job("j").scheduledAt(Instant.EPOCH).token(4).build();

  // as the store has it, as text
  private static ItemJournal.Row read(Map<String, Object> receipt, long retried) {
    return ItemJournal.row("3f", Json.readObject(Json.write(receipt)), retried);
  }

  @Test
  void anItemIsReadAsItWasWritten() {
    assertThat(read(ItemJournal.receipt(run, ITEM, null), 0))
        .isEqualTo(new ItemJournal.Row(ITEM, Optional.empty()));
    assertThat(read(ItemJournal.receipt(run, ITEM, FAILED), 0))
        .isEqualTo(new ItemJournal.Row(ITEM, Optional.of(FAILED)));
  }

  @Test
  void whatFailedBeforeTheRunWasTriedAgainIsNotOver() {
    assertThat(read(ItemJournal.receipt(run, ITEM, FAILED), 4).end()).isEmpty();
    assertThat(read(ItemJournal.receipt(run, ITEM, FAILED), 3).end()).contains(FAILED);
    assertThat(read(ItemJournal.receipt(run, ITEM, SUCCEEDED), 4).end()).contains(SUCCEEDED);
  }
}
