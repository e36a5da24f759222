package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/** Which chunks of a part file are good, in memory and in the journal; decides when to flush. */
final class PartChunks {
  private static final long FLUSH_BYTES = 32L << 20;
  private static final long FLUSH_NANOS = 1_000_000_000L;

  private final ChunkLayout layout;
  private final PartData data;
  private final PartJournal journal;
  private final LongSupplier nanoClock;
  private final ChunkLeaves leaves;
  private final ChunkSet beingWritten;
  // a region that was never written reads as zeros; after a restart nobody knows what was
  private boolean untouchedIsZero;
  private long unflushedBytes;
  private long flushedAt;

  /** Recovers what an earlier writer left, or starts over. */
  PartChunks(ChunkLayout layout, PartData data, PartJournal journal, LongSupplier nanoClock)
      throws IOException {
    this.layout = layout;
    this.data = data;
    this.journal = journal;
    this.nanoClock = nanoClock;
    this.flushedAt = nanoClock.getAsLong();
    this.beingWritten = ChunkSet.empty(layout.chunkCount());
    ChunkLeaves found = new ChunkLeaves(layout.chunkCount());
    if (data.isWholeLength() && journal.recover(found, layout.chunkCount())) {
      leaves = found;
    } else {
      leaves = new ChunkLeaves(layout.chunkCount());
      untouchedIsZero = true;
      journal.reset();
      data.startOver();
    }
  }

  synchronized ChunkSet have() {
    return leaves.known();
  }

  synchronized byte[] leaf(int index) {
    return leaves.leaf(index);
  }

  synchronized int crc32c(int index) {
    return leaves.crc32c(index);
  }

  synchronized Digest root() {
    return TreeHash.root(layout, leaves);
  }

  synchronized boolean isUntouchedZero() {
    return untouchedIsZero;
  }

  /** Claims a chunk for writing; false if it is there already with the same content. */
  synchronized boolean begin(int index, byte[] leaf) throws IOException {
    if (leaves.contains(index)) {
      if (Arrays.equals(leaf, leaves.leaf(index))) {
        return false;
      }
      throw new IntegrityException(
          "Chunk " + index + " sent again",
          HexFormat.of().formatHex(leaves.leaf(index)),
          HexFormat.of().formatHex(leaf));
    }
    if (beingWritten.contains(index)) {
      // two contents could mix on the disk, and neither leaf would be that of the mixture
      throw new IntegrityException("Chunk " + index, "one writer at a time", "two");
    }
    beingWritten.add(index);
    return true;
  }

  /** Notes that a claimed chunk is written. */
  synchronized void end(int index, int crc32c, byte[] leaf) throws IOException {
    beingWritten.remove(index);
    leaves.set(index, crc32c, leaf);
    journal.note(index, crc32c, leaf);
    unflushedBytes += layout.lengthOf(index);
    if (unflushedBytes >= FLUSH_BYTES || nanoClock.getAsLong() - flushedAt >= FLUSH_NANOS) {
      flush();
    }
  }

  /** Notes that a claimed chunk could not be written, or not all of it. */
  synchronized void abandon(int index) {
    beingWritten.remove(index);
    untouchedIsZero = false;
  }

  synchronized void forget(int index) throws IOException {
    journal.forget(index);
    flush();
    leaves.forget(index);
    untouchedIsZero = false;
  }

  /** Forces the data, then the journal that says so. */
  synchronized void flush() throws IOException {
    if (!journal.hasPending()) {
      return;
    }
    data.force(false);
    journal.commit();
    unflushedBytes = 0;
    flushedAt = nanoClock.getAsLong();
  }
}
