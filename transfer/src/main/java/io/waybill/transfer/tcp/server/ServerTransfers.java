package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.ExchangeEndedException;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges that one session has open, by id, whichever of its connections they were begun on.
 * Safe for use by several threads.
 */
final class ServerTransfers implements Closeable {
  private static final int MOST_REMEMBERED = 16;

  private final Map<Long, Exchange> open = new ConcurrentHashMap<>();
  private final Map<Long, Committed> committed = new LinkedHashMap<>();
  private long highestId;
  private boolean isClosed;

  /** One that is open. */
  interface Exchange extends Closeable {
    /** What it is about, to speak of it. */
    String path();

    /** How long the client may be silent now. */
    Duration patience(Duration atRest);

    /** A further stream is gone. */
    default void lost(Wire stream) {}
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** How long the client may be silent, given what it works on. */
  Duration patience(Duration atRest) {
    Duration shortest = atRest;
    for (Exchange each : open.values()) {
      Duration own = each.patience(atRest);
      shortest = own.compareTo(shortest) < 0 ? own : shortest;
    }
    return shortest;
  }

  /** The path of a transfer, to speak of it; empty if it is not open. */
  String path(long id) {
    Exchange exchange = open.get(id);
    return exchange == null ? "" : exchange.path();
  }

  /**
   * Notes that a request came.
   *
   * @throws WireException if its id was used before
   */
  synchronized void begin(long id) throws WireException {
    if (id <= 0 || open.containsKey(id) || committed.containsKey(id)) {
      throw WireException.violation("transfer id " + id + " was used before");
    }
    highestId = Math.max(highestId, id);
  }

  /** Refuses another exchange when there are too many. */
  void requireRoom() throws WireException {
    if (open.size() >= Limits.OPEN_EXCHANGES) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED,
          "more than " + Limits.OPEN_EXCHANGES + " exchanges in one session");
    }
  }

  /** How many exchanges of a kind are open. */
  long count(Class<? extends Exchange> kind) {
    return open.values().stream().filter(kind::isInstance).count();
  }

  /** Opens an exchange; it is closed at once if the session has ended meanwhile. */
  void add(long id, Exchange exchange) throws IOException {
    synchronized (this) {
      if (!isClosed) {
        open.put(id, exchange);
        return;
      }
    }
    exchange.close();
    throw new LostException("the session has ended");
  }

  /**
   * Puts what an exchange has become in the place of what it was, unless it has ended meanwhile.
   */
  void become(long id, Exchange before, Exchange now) throws IOException {
    if (!open.replace(id, before, now)) {
      now.close();
      throw new ExchangeEndedException("the exchange has ended");
    }
  }

  /** The exchange of that kind; null if it ended a moment ago. */
  <T extends Exchange> @Nullable T find(Frame frame, Class<T> kind) throws WireException {
    Exchange found = open.get(frame.transfer());
    if (found == null) {
      requireLate(frame);
      return null;
    }
    if (!kind.isInstance(found)) {
      throw WireException.violation(
          frame.type() + " does not belong to transfer " + frame.transfer());
    }
    return kind.cast(found);
  }

  // frames of a transfer that ended a moment ago may still be on the way; others are nonsense
  private synchronized void requireLate(Frame frame) throws WireException {
    if (frame.transfer() <= 0 || frame.transfer() > highestId) {
      throw WireException.violation(
          frame.type() + " came for transfer " + frame.transfer() + ", which never began");
    }
  }

  /** Answers a CHUNK of an exchange that has ended. */
  void passOver(Wire wire, Frame frame) throws IOException {
    requireLate(frame);
    ChunkReceiver.passOver(wire, frame);
  }

  /** Remembers the end of an upload, so that a COMMIT said again is answered again. */
  synchronized void remember(long id, Committed done) {
    committed.put(id, done);
    if (committed.size() > MOST_REMEMBERED) {
      committed.remove(committed.keySet().iterator().next());
    }
  }

  synchronized @Nullable Committed remembered(long id) {
    return committed.get(id);
  }

  void lost(Wire stream) {
    open.values().forEach(each -> each.lost(stream));
  }

  /** Lets go of a transfer; an unfinished part file is kept. */
  void end(long id) throws IOException {
    Exchange ended = open.remove(id);
    if (ended != null) {
      ended.close();
    }
  }

  /** Lets go of everything; the first failure is thrown, the others with it. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      isClosed = true;
    }
    IOException failure = null;
    for (long id : open.keySet().toArray(Long[]::new)) {
      try {
        end(id);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
