package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The room of a batch below a quota: asked for as a whole, counted by what was published. */
final class BatchRoom implements AutoCloseable {
  private final Batch batch;
  private final Quota.@Nullable Room room;
  // of what is there under each path, as it is replaced: a batch may name one more than once
  private final Map<String, Long> sizes = new HashMap<>();

  private BatchRoom(Batch batch, Quota.@Nullable Room room) {
    this.batch = batch;
    this.room = room;
  }

  /**
   * Sets room aside for all files of a batch.
   *
   * @throws io.waybill.transfer.tcp.wire.WireException QUOTA_EXCEEDED if there is not that much
   */
  static BatchRoom open(Quota quota, Batch batch) throws IOException {
    if (!quota.isKept()) {
      return new BatchRoom(batch, null);
    }
    long bytes = 0;
    for (Batch.Item item : batch.items()) {
      bytes += item.isDirectory() ? 0 : item.content().remaining();
    }
    BatchRoom opened = new BatchRoom(batch, quota.reserve(bytes));
    try {
      opened.look(quota);
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void look(Quota quota) throws IOException {
    for (Batch.Item item : batch.items()) {
      if (!item.isDirectory()) {
        sizes.put(item.path(), quota.sizeOf(item.path()));
      }
    }
  }

  /** Notes what was published. */
  void applied(BatchAck ack) {
    Quota.Room open = room;
    if (open == null) {
      return;
    }
    for (int i = 0; i < batch.items().size(); i++) {
      Batch.Item item = batch.items().get(i);
      if (!item.isDirectory() && ack.statuses().get(i) == BatchAck.PUBLISHED) {
        long size = item.content().remaining();
        Long before = sizes.put(item.path(), size);
        open.changed(size - (before == null ? 0 : before));
      }
    }
  }

  @Override
  public void close() {
    if (room != null) {
      room.close();
    }
  }
}
