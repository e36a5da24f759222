package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.wire.LostException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one client: each call has one to itself, so that cancelling it, which closes what
 * it is blocked on, ends no other. Calls beyond {@link WaybillServer#sessions} wait, first come
 * first served, and so do those beyond what the server turns out to have room for.
 */
final class SessionPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);
  private static final long LOOK_MILLIS = 100;
  private static final long REFUSED_NANOS = Duration.ofMinutes(1).toNanos();

  private final WaybillServer server;
  private final Dialer.Shared shared;
  private final Semaphore turns;
  private final List<Reconnector> all = new ArrayList<>();
  // used last, used first: what it left unfinished is the server's to give back to it
  private final Deque<Reconnector> idle = new ArrayDeque<>();
  private int most;
  private long refusedAt;
  private boolean isClosed;

  SessionPool(WaybillServer server) {
    this.server = server;
    this.shared = new Dialer.Shared(server);
    this.most = server.sessions();
    this.turns = new Semaphore(most, true);
  }

  /**
   * Does the work, over as many connections as it takes while there is progress.
   *
   * @throws TransferException what the network or the server did wrong
   * @throws IOException what a local file did wrong
   */
  <T> T retrying(Operation operation, Call call, Reconnector.Work<T> work) throws IOException {
    operation.begin();
    try {
      while (true) {
        awaitTurn(operation, call);
        Reconnector own = take();
        try {
          T result = own.retrying(operation, call, work);
          give(own);
          return result;
        } catch (Reconnector.NoRoomException e) {
          refused(own);
          LOG.info(
              "event=session-refused endpoint={} reason=\"{}\"", server.endpoint(), e.getMessage());
        } catch (IOException | RuntimeException e) {
          give(own);
          throw e;
        }
      }
    } finally {
      operation.end();
    }
  }

  private void awaitTurn(Operation operation, Call call) {
    try {
      while (!turns.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        operation.requireNotCancelled();
      }
    } catch (LostException e) {
      throw new ClientErrors(server, server::endpoint).translate(call.what(), call.path(), "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransferException.Connection(
          server.endpoint(),
          "Interrupted while the %s waited for other calls".formatted(call.what()),
          e);
    }
  }

  private synchronized Reconnector take() {
    if (isClosed) {
      turns.release();
      throw new TransferException.Connection(
          server.endpoint(), "This transfer to " + server.endpoint() + " is closed", null);
    }
    Reconnector own = idle.pollFirst();
    if (own == null) {
      own = new Reconnector(server, shared, this::hasOthers);
      all.add(own);
    }
    return own;
  }

  private synchronized boolean hasOthers(Reconnector own) {
    return all.stream().anyMatch(each -> each != own && each.isConnected());
  }

  private synchronized void give(Reconnector own) {
    idle.addFirst(own);
    turns.release();
    if (most < server.sessions() && System.nanoTime() - refusedAt >= REFUSED_NANOS) {
      most++; // the server is asked once more
      refusedAt = System.nanoTime();
      turns.release();
    }
  }

  /** The server had no room for this one beside the others: for a while, there is one turn less. */
  private synchronized void refused(Reconnector own) {
    all.remove(own);
    refusedAt = System.nanoTime();
    if (most > 1 && !isClosed) {
      most--;
    } else {
      turns.release();
    }
  }

  /** Ends the connections and whatever calls are under way. */
  @Override
  public void close() {
    List<Reconnector> open;
    int turnsLeft;
    synchronized (this) {
      isClosed = true;
      open = List.copyOf(all);
      turnsLeft = most;
    }
    open.forEach(Reconnector::cancel);
    turns.acquireUninterruptibly(turnsLeft);
    try {
      open.forEach(Reconnector::close);
    } finally {
      turns.release(turnsLeft);
    }
  }
}
