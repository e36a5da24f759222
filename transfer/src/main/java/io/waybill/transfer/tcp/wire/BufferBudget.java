package io.waybill.transfer.tcp.wire;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The direct memory for chunks, one budget for all connections of a server or client: who needs a
 * buffer waits until there is room. Safe for use by several threads.
 *
 * <p>Buffers have powers of two from 64 KiB. Worked: 128 MiB are 128 chunks of 1 MiB on the way at
 * once, or 16 of 8 MiB.
 */
public final class BufferBudget {
  /** The default: 96 MiB, which leaves room for what connections hold besides in 128 MiB. */
  public static final long DEFAULT_BYTES = 96L << 20;

  private static final int LEAST_BYTES = 64 << 10;

  private final long limitBytes;
  private final Map<Integer, Deque<ByteBuffer>> idle = new HashMap<>();
  private long allocatedBytes;
  private long idleBytes;

  /**
   * Sets the budget.
   *
   * @param limitBytes at least the largest chunk, 8 MiB
   */
  public BufferBudget(long limitBytes) {
    if (limitBytes < Limits.CHUNK_BYTES) {
      throw new IllegalArgumentException(
          "A budget of %d bytes does not hold a chunk of %d"
              .formatted(limitBytes, Limits.CHUNK_BYTES));
    }
    this.limitBytes = limitBytes;
  }

  /**
   * Takes a buffer, empty, of at least that capacity.
   *
   * @param patience how long to wait for others to give theirs back
   * @throws WireException UNAVAILABLE if that was not long enough
   */
  public synchronized ByteBuffer take(int bytes, Duration patience) throws WireException {
    int size = Math.max(LEAST_BYTES, Integer.highestOneBit(Math.max(1, bytes - 1)) << 1);
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Deque<ByteBuffer> fitting = idle.get(size);
      if (fitting != null && !fitting.isEmpty()) {
        idleBytes -= size;
        return fitting.pop().clear();
      }
      if (allocatedBytes + size > limitBytes && idleBytes > 0) {
        dropIdle();
      }
      if (allocatedBytes + size <= limitBytes) {
        allocatedBytes += size;
        return ByteBuffer.allocateDirect(size);
      }
      await(end, patience);
    }
  }

  private void await(long end, Duration patience) throws WireException {
    long left = end - System.nanoTime();
    try {
      if (left > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw WireException.unavailable(
        "all %d bytes for chunks are in use, for more than %d ms"
            .formatted(limitBytes, patience.toMillis()),
        Duration.ofSeconds(2));
  }

  // of other sizes than the one that is needed; the collector frees them
  private void dropIdle() {
    allocatedBytes -= idleBytes;
    idleBytes = 0;
    idle.clear();
  }

  /** Gives a buffer back; it must not be used any more. */
  public synchronized void give(ByteBuffer buffer) {
    idle.computeIfAbsent(buffer.capacity(), size -> new ArrayDeque<>()).push(buffer);
    idleBytes += buffer.capacity();
    notifyAll();
  }

  /** Returns how much is in use. */
  public synchronized long usedBytes() {
    return allocatedBytes - idleBytes;
  }
}
