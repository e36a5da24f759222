package io.waybill.transfer.tcp.wire;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable BufferBudget whole;
  private final Map<Integer, Deque<ByteBuffer>> idle = new HashMap<>();
  private long allocatedBytes;
  private long idleBytes;

  /**
   * Sets the budget.
   *
   * @param limitBytes at least the largest chunk, 8 MiB
   */
  public BufferBudget(long limitBytes) {
    this(limitBytes, null);
  }

  private BufferBudget(long limitBytes, @Nullable BufferBudget whole) {
    if (limitBytes < Limits.CHUNK_BYTES) {
      throw new IllegalArgumentException(
          "A budget of %d bytes does not hold a chunk of %d"
              .formatted(limitBytes, Limits.CHUNK_BYTES));
    }
    this.limitBytes = limitBytes;
    this.whole = whole;
  }

  /**
   * Returns a part that may have at most half of this budget in use, so that whoever has it cannot
   * keep everybody else waiting.
   */
  public BufferBudget share() {
    return new BufferBudget(Math.max(Limits.CHUNK_BYTES, limitBytes / 2), this);
  }

  /**
   * Takes a buffer, empty, of at least that capacity.
   *
   * @param patience how long to wait for others to give theirs back
   * @throws WireException UNAVAILABLE if that was not long enough
   */
  public ByteBuffer take(int bytes, Duration patience) throws WireException {
    int size = Math.max(LEAST_BYTES, Integer.highestOneBit(Math.max(1, bytes - 1)) << 1);
    long end = System.nanoTime() + patience.toNanos();
    BufferBudget from = whole;
    if (from == null) {
      return take(size, end, patience);
    }
    reserve(size, end, patience);
    try {
      return from.take(size, end, patience);
    } catch (WireException | RuntimeException e) {
      unreserve(size);
      throw e;
    }
  }

  private synchronized void reserve(int size, long end, Duration patience) throws WireException {
    while (allocatedBytes + size > limitBytes) {
      await(end, patience);
    }
    allocatedBytes += size;
  }

  private synchronized void unreserve(int size) {
    allocatedBytes -= size;
    notifyAll();
  }

  private synchronized ByteBuffer take(int size, long end, Duration patience) throws WireException {
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
        ByteBuffer made = allocate(size);
        allocatedBytes += size;
        return made;
      }
      await(end, patience);
    }
  }

  private static ByteBuffer allocate(int size) throws WireException {
    try {
      return ByteBuffer.allocateDirect(size);
    } catch (OutOfMemoryError e) {
      throw new WireException(
          ErrorCode.UNAVAILABLE,
          "the JVM has no direct memory left for a chunk; give it more with -XX:MaxDirectMemorySize",
          e);
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
  public void give(ByteBuffer buffer) {
    BufferBudget from = whole;
    if (from == null) {
      keep(buffer);
    } else {
      from.keep(buffer);
      unreserve(buffer.capacity());
    }
  }

  private synchronized void keep(ByteBuffer buffer) {
    idle.computeIfAbsent(buffer.capacity(), size -> new ArrayDeque<>()).push(buffer);
    idleBytes += buffer.capacity();
    notifyAll();
  }

  /** Returns how much is in use. */
  public synchronized long usedBytes() {
    return allocatedBytes - idleBytes;
  }
}
