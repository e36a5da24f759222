package io.waybill.transfer.tcp.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Wire;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * Packs small files into the body of a BATCH, until it has 1 MiB or 256 files. Contents are read to
 * where they will be sent from. Not safe for use by several threads.
 */
public final class BatchBuilder {
  /** What the buffer must hold: the directory and the contents grow side by side. */
  public static final int BUFFER_BYTES = 2 * Limits.BATCH_BYTES;

  private final ByteBuffer buffer;
  private int directoryEnd;
  private int contentEnd = Limits.BATCH_BYTES;
  private int count;

  /**
   * Begins with an empty batch.
   *
   * @param buffer of {@link #BUFFER_BYTES} at least, the builder's until the last batch was sent
   */
  public BatchBuilder(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Says whether one more fits. */
  public boolean fits(String path, long contentBytes) {
    return count < Limits.BATCH_FILES
        && length() + Batch.cost(path, contentBytes) <= Limits.BATCH_BYTES;
  }

  /** Returns how many files it has. */
  public int count() {
    return count;
  }

  private int length() {
    return directoryEnd + contentEnd - Limits.BATCH_BYTES;
  }

  /** Returns where the content of the next item goes. */
  public ByteBuffer room(int contentBytes) {
    return buffer.slice(contentEnd, contentBytes);
  }

  /**
   * Adds an item.
   *
   * @param item its content's remaining bytes lie in the {@link #room}, from its start on
   * @throws IllegalArgumentException if it does not fit
   */
  public void add(Batch.Item item) {
    byte[] path = item.path().getBytes(UTF_8);
    int size = item.content().remaining();
    if (count == Limits.BATCH_FILES
        || length() + Batch.cost(path.length, size) > Limits.BATCH_BYTES) {
      throw new IllegalArgumentException("The batch is full");
    }
    byte[] root = item.root().isPresent() ? item.root().get().toBytes() : new byte[0];
    ByteBuffer entry = buffer.slice(directoryEnd, Batch.ENTRY_BYTES + path.length + root.length);
    entry
        .putShort((short) (entry.capacity() - Short.BYTES))
        .put((byte) (item.isDirectory() ? 1 : 0))
        .put((byte) item.status())
        .putInt(size);
    putMoment(entry, item.modified());
    entry
        .putShort((short) item.mode().orElse(Batch.NO_MODE))
        .putShort((short) path.length)
        .put(path)
        .put(root);
    directoryEnd += entry.capacity();
    contentEnd += size;
    count++;
  }

  private static void putMoment(ByteBuffer entry, Optional<Instant> moment) {
    if (moment.isPresent()) {
      Instant at = moment.get();
      entry.putLong(at.getEpochSecond()).putInt(at.getNano());
    } else {
      entry.putLong(0).putInt(Batch.NO_TIME);
    }
  }

  /**
   * Returns the batch to send, and begins the next one; the first must be sent before anything is
   * added to that.
   */
  public Wire.Bulk finish(TargetPolicy policy, Verification level) {
    ByteBuffer head =
        ByteBuffer.allocate(Limits.BULK_HEAD_BYTES)
            .putShort((short) count)
            .put((byte) Batch.policyCode(policy))
            .put((byte) Offer.levelCode(level))
            .putInt(directoryEnd)
            .rewind();
    int start = Limits.BATCH_BYTES - directoryEnd;
    buffer.put(start, buffer, 0, directoryEnd);
    ByteBuffer body = buffer.slice(start, contentEnd - start);
    directoryEnd = 0;
    contentEnd = Limits.BATCH_BYTES;
    count = 0;
    return new Wire.Bulk(head, body, ChunkContent.crc32c(body));
  }

  /** Returns what such a frame costs of the credit. */
  public static long cost(int bodyBytes) {
    return Math.max(bodyBytes, Limits.BATCH_LEAST_COST_BYTES);
  }
}
