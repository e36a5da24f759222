package io.waybill.transfer.remote;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from a thread that reads one endpoint to one that writes another; so much of
 * them is held at most.
 */
public final class RelayStream implements ByteSupply, AutoCloseable {
  private static final int BLOCKS = 16; // of at most 256 KiB
  private static final long LOOK_MILLIS = 100;
  private static final byte[] END = {};

  /** Hands everything on to a sink, and returns at the end. */
  @FunctionalInterface
  public interface Reading {
    void into(ByteSink sink);
  }

  private final BlockingQueue<byte[]> blocks = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;
  private byte[] block = END;
  private int used;
  private boolean ended;

  /** Begins to read, on a thread of its own; what that throws, {@link #fill} throws. */
  public RelayStream(Reading reading) {
    thread = new Thread(() -> read(reading), "waybill-relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void read(Reading reading) {
    try {
      reading.into((bytes, length) -> put(Arrays.copyOf(bytes, length)));
    } catch (Throwable e) { // an Error, too, must reach whoever waits
      failure = e;
    }
    put(END);
  }

  private boolean put(byte[] next) {
    try {
      while (!closed) {
        if (blocks.offer(next, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @Override
  public int fill(byte[] bytes) throws IOException {
    int filled = 0;
    while (filled < bytes.length && !ended) {
      if (used == block.length) {
        next();
      } else {
        int more = Math.min(bytes.length - filled, block.length - used);
        System.arraycopy(block, used, bytes, filled, more);
        used += more;
        filled += more;
      }
    }
    return filled;
  }

  private void next() throws IOException {
    try {
      block = blocks.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for the source", e);
    }
    used = 0;
    if (block.length == 0) {
      ended = true;
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure instanceof Error error) {
        throw error;
      }
    }
  }

  /** Ends the reading, and waits until its session is free. */
  @Override
  public void close() {
    closed = true;
    blocks.clear();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
