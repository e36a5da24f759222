package io.waybill.transfer.tcp.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.waybill.transfer.tcp.wire.Allocation;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A BATCH is read from whatever its sender packed; the sums around it prove nothing about that. */
class BatchFuzzTest {
  private static final int HEAD = Limits.BULK_HEAD_BYTES;
  private static final int SIZE_AT = 4;

  /** The first byte says whether the lengths are repaired, so that what lies behind is reached. */
  @FuzzTest(maxDuration = "30s")
  void bytesAreABatchOrRefused(byte[] input) throws IOException {
    if (input.length < 1 + HEAD) {
      return;
    }
    ByteBuffer head = ByteBuffer.wrap(Arrays.copyOfRange(input, 1, 1 + HEAD));
    ByteBuffer body = ByteBuffer.wrap(Arrays.copyOfRange(input, 1 + HEAD, input.length));
    if ((input[0] & 1) != 0) {
      repair(head, body);
    }
    Batch batch;
    try {
      batch = Allocation.within(64L * input.length, () -> Batch.read(head, body.duplicate()));
    } catch (WireException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
      return;
    }
    assertThat(batch.items()).hasSize(head.getShort(0)).hasSizeLessThanOrEqualTo(256);
    long contents = batch.items().stream().mapToLong(item -> item.content().remaining()).sum();
    assertThat(contents).isEqualTo(body.remaining() - head.getInt(4));
    assertThat(again(batch)).isEqualTo(batch);
  }

  /** What was read is packed and read once more. */
  private static Batch again(Batch batch) throws WireException {
    ByteBuffer buffer = ByteBuffer.allocate(BatchBuilder.BUFFER_BYTES);
    BatchBuilder builder = new BatchBuilder(buffer);
    for (Batch.Item item : batch.items()) {
      if (!builder.fits(item.path(), item.content().remaining())) {
        return batch; // one without roots holds more than the builder packs
      }
      builder.room(item.content().remaining()).put(item.content().duplicate());
      builder.add(item);
    }
    Wire.Bulk bulk = builder.finish(batch.policy(), batch.level());
    return Batch.read(bulk.head(), bulk.body());
  }

  /** Makes the head tell as many entries as there are, and the last one's size what is left. */
  private static void repair(ByteBuffer head, ByteBuffer body) {
    int wanted = Math.max(1, head.getShort(0) & 0xff);
    int end = 0;
    int count = 0;
    int last = 0;
    while (count < wanted && body.limit() - end >= Batch.ENTRY_BYTES) {
      int length = 2 + (body.getShort(end) & 0xffff);
      if (length < Batch.ENTRY_BYTES || length > body.limit() - end) {
        break;
      }
      last = end;
      end += length;
      count++;
    }
    head.putShort(0, (short) count).putInt(4, end);
    if (count > 0) {
      long others = 0;
      for (int at = 0; at < last; at += 2 + (body.getShort(at) & 0xffff)) {
        others += Integer.toUnsignedLong(body.getInt(at + SIZE_AT));
      }
      body.putInt(last + SIZE_AT, (int) (body.limit() - end - others));
    }
  }
}
