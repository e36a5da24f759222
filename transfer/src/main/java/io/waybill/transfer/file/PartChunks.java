package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.Crc32cCombine;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
  private final ReentrantLock flushing = new ReentrantLock();
  // a region that was never written reads as zeros; after a restart nobody knows what was
  private boolean untouchedIsZero;
  private long unflushedBytes;
  private long flushedAt;

  /** Recovers what an earlier writer left, or starts over. */
  PartChunks(ChunkLayout layout, PartData data, PartJournal journal, PartOptions options)
      throws IOException {
    this.layout = layout;
    this.data = data;
    this.journal = journal;
    this.nanoClock = options.nanoClock();
    this.flushedAt = nanoClock.getAsLong();
    this.beingWritten = ChunkSet.empty(layout.chunkCount());
    ChunkLeaves found = new ChunkLeaves(layout.chunkCount());
    if (data.isWholeLength() && journal.recover(found, layout.chunkCount())) {
      leaves = found;
      if (options.tree()) {
        forgetThoseWithoutLeaf();
      }
    } else {
      leaves = new ChunkLeaves(layout.chunkCount());
      untouchedIsZero = true;
      journal.reset();
      data.startOver();
    }
  }

  // what was received without the tree would have to be read and hashed before anything else could
  // go on: it is received again
  private void forgetThoseWithoutLeaf() {
    for (int i = 0; i < layout.chunkCount(); i++) {
      if (leaves.contains(i) && !leaves.hasLeaf(i)) {
        leaves.forget(i);
      }
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

  synchronized Digest crc32c() {
    int whole = new Crc32cCombine(layout).whole(leaves);
    byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt(whole).array();
    return Digest.of(Digest.Algorithm.CRC32C, value);
  }

  synchronized Digest root() {
    return TreeHash.root(layout, leaves);
  }

  synchronized boolean isUntouchedZero() {
    return untouchedIsZero;
  }

  /** Claims a chunk for writing; false if it is there already with the same content. */
  synchronized boolean begin(int index, int crc32c, byte @Nullable [] leaf) throws IOException {
    awaitOtherWriter(index);
    if (leaves.contains(index)) {
      if (leaf != null && leaves.hasLeaf(index)) {
        requireSame(
            index, HexFormat.of().formatHex(leaves.leaf(index)), HexFormat.of().formatHex(leaf));
      } else {
        requireSame(index, Integer.toHexString(leaves.crc32c(index)), Integer.toHexString(crc32c));
      }
      return false;
    }
    beingWritten.add(index);
    return true;
  }

  // of a stream that was lost meanwhile, say; two contents could mix on the disk, and neither leaf
  // would be that of the mixture
  private void awaitOtherWriter(int index) throws IOException {
    while (beingWritten.contains(index)) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while another thread wrote the chunk");
      }
    }
  }

  private static void requireSame(int index, String there, String sent) throws IOException {
    if (!there.equals(sent)) {
      throw new IntegrityException("Chunk " + index + " sent again", there, sent);
    }
  }

  /** Notes that a claimed chunk is written. */
  void end(int index, int crc32c, byte @Nullable [] leaf) throws IOException {
    boolean isFull;
    boolean isDue;
    synchronized (this) {
      beingWritten.remove(index);
      notifyAll();
      if (leaf == null) {
        leaves.set(index, crc32c);
      } else {
        leaves.set(index, crc32c, leaf);
      }
      journal.note(index, crc32c, leaf);
      unflushedBytes += layout.lengthOf(index);
      isFull = unflushedBytes >= FLUSH_BYTES;
      isDue = nanoClock.getAsLong() - flushedAt >= FLUSH_NANOS;
    }
    // one writer flushes, the others go on until as much has gathered again
    if (isFull) {
      flushIfFull();
    } else if (isDue && flushing.tryLock()) {
      try {
        flush();
      } finally {
        flushing.unlock();
      }
    }
  }

  private void flushIfFull() throws IOException {
    flushing.lock();
    try {
      boolean isStillFull;
      synchronized (this) {
        isStillFull = unflushedBytes >= FLUSH_BYTES;
      }
      if (isStillFull) {
        flush();
      }
    } finally {
      flushing.unlock();
    }
  }

  /** Notes that a claimed chunk could not be written, or not all of it. */
  synchronized void abandon(int index) {
    beingWritten.remove(index);
    notifyAll();
    untouchedIsZero = false;
  }

  void forget(int index) throws IOException {
    journal.forget(index);
    flush();
    synchronized (this) {
      leaves.forget(index);
      untouchedIsZero = false;
    }
  }

  /** Forces the data, then the journal that says so; chunks may be written meanwhile. */
  void flush() throws IOException {
    flushing.lock();
    try {
      ByteBuffer records;
      synchronized (this) {
        records = journal.take();
        if (!records.hasRemaining()) {
          return;
        }
        unflushedBytes = 0;
        flushedAt = nanoClock.getAsLong();
      }
      boolean committed = false;
      try {
        data.force(false);
        journal.commit(records);
        committed = true;
      } finally {
        if (!committed) {
          journal.putBack(records);
          synchronized (this) {
            unflushedBytes = FLUSH_BYTES;
          }
        }
      }
    } finally {
      flushing.unlock();
    }
  }
}
