package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which chunk goes next, shared by the streams that send a file: each chunk once, in order, and
 * again if it arrived damaged or its stream was lost.
 */
final class SendPlan {
  static final int NONE_LEFT = -1;
  private static final long LOOK_MILLIS = 250;

  private final ChunkLayout layout;
  private final Deque<Integer> again = new ArrayDeque<>();
  private final Map<Integer, Wire> inFlight = new HashMap<>();
  private final Map<Integer, Integer> refusals = new HashMap<>();
  private int next;
  private int beingLookedAt;
  private boolean hasEnded;
  private boolean hasLostStream;
  private @Nullable IOException failure;

  SendPlan(ChunkLayout layout) {
    this.layout = layout;
  }

  /**
   * Waits for a chunk to look at.
   *
   * @return its index, or {@link #NONE_LEFT} if the other end has acknowledged all of them, or
   *     takes no more
   * @throws IOException what ended the transfer
   */
  synchronized int take(Wire wire) throws IOException {
    long since = System.nanoTime();
    while (true) {
      if (failure != null) {
        throw failure;
      }
      if (hasEnded) {
        return NONE_LEFT;
      }
      if (!again.isEmpty()) {
        beingLookedAt++;
        return again.removeFirst();
      }
      if (next < layout.chunkCount()) {
        beingLookedAt++;
        return next++;
      }
      if (isComplete()) {
        return NONE_LEFT;
      }
      pause();
      if (inFlight.containsValue(wire)) {
        wire.requireAcknowledging("an acknowledgement", since);
      }
    }
  }

  private void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending", e);
    }
  }

  /** Whether a chunk was taken that is now sent for the second time or later. */
  synchronized boolean isAgain(int index) {
    return refusals.containsKey(index);
  }

  /** The chunk need not travel. */
  synchronized void passed() {
    beingLookedAt--;
    notifyAll();
  }

  /** The chunk is about to travel. */
  synchronized void sending(int index, Wire wire) {
    beingLookedAt--;
    inFlight.put(index, wire);
  }

  /** Begins again with the first chunk. */
  synchronized void startOver() {
    beingLookedAt--;
    next = 0;
  }

  /** The other end has it. */
  synchronized void arrived(int index) throws WireException {
    tookOff(index);
    notifyAll();
  }

  /**
   * The other end could not use it.
   *
   * @throws WireException CHUNK_REFUSED if that happened too often
   */
  synchronized void refused(int index) throws WireException {
    if (!tookOff(index)) {
      return;
    }
    if (refusals.merge(index, 1, Integer::sum) > Limits.CHUNK_RETRIES) {
      throw new WireException(
          ErrorCode.CHUNK_REFUSED,
          "chunk %d arrived damaged %d times".formatted(index, Limits.CHUNK_RETRIES + 1));
    }
    again.add(index);
    notifyAll();
  }

  /** The other end cannot copy it from its old target: it is to be sent whole. */
  synchronized void wanted(int index) throws WireException {
    if (!tookOff(index)) {
      return;
    }
    refusals.merge(index, 0, Integer::sum);
    again.add(index);
    notifyAll();
  }

  /** The other end takes no more of this file, and says why in a frame of its own. */
  synchronized void ended(int index) throws WireException {
    tookOff(index);
    hasEnded = true;
    notifyAll();
  }

  synchronized boolean hasEnded() {
    return hasEnded;
  }

  // the last words of a stream that is gone may come when its chunks are queued again
  private boolean tookOff(int index) throws WireException {
    boolean wasInFlight = inFlight.remove(index) != null;
    if (!wasInFlight && !hasLostStream) {
      throw WireException.violation("chunk " + index + " is acknowledged but not on the way");
    }
    return wasInFlight;
  }

  /** A further stream is gone: what was on the way there goes over another. */
  synchronized void lost(Wire wire) {
    hasLostStream = true;
    inFlight.forEach(
        (index, on) -> {
          if (on == wire) {
            again.add(index);
            refusals.merge(index, 0, Integer::sum);
          }
        });
    inFlight.values().removeIf(on -> on == wire);
    notifyAll();
  }

  /** Ends the transfer for every stream. */
  synchronized void fail(IOException why) {
    if (failure == null) {
      failure = why;
    }
    notifyAll();
  }

  private boolean isComplete() {
    return next == layout.chunkCount()
        && again.isEmpty()
        && inFlight.isEmpty()
        && beingLookedAt == 0;
  }

  /** How much of the file was looked at. */
  synchronized long passedBytes() {
    return next < layout.chunkCount() ? layout.offsetOf(next) : layout.sizeBytes();
  }
}
