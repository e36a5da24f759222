package io.waybill.transfer.remote;

import io.waybill.transfer.Pacer;
import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions with one endpoint: made when needed, used again and again, each by one piece of work
 * at a time, and never more than the endpoint stands: one that refuses a further session has the
 * work wait for one of the others. A piece of work holds one, except a copy within the endpoint,
 * {@link #pairing}.
 */
final class SessionPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);
  private static final long TRUSTED_IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A session and what it is made of. */
  static final class Opened {
    private final OpenSockets sockets;
    private final PacedSession session;
    private long usedAt;

    Opened(OpenSockets sockets, PacedSession session) {
      this.sockets = sockets;
      this.session = session;
    }

    RemoteSession session() {
      return session;
    }

    StallWatch watch() {
      return sockets.watch();
    }
  }

  private final RemoteEndpoint endpoint;
  private final Supplier sockets;
  private final Pacer inward;
  private final Pacer outward;
  private final Deque<Opened> idle = new ArrayDeque<>();
  private final Set<OpenSockets> busy = new HashSet<>();
  private final ReentrantLock pairs = new ReentrantLock();
  private int most;
  private boolean closed;
  private volatile boolean keepsTimes;

  /** Makes what a session's sockets are remembered in. */
  interface Supplier {
    OpenSockets sockets();
  }

  SessionPool(RemoteEndpoint endpoint, Supplier sockets) {
    this.endpoint = endpoint;
    this.sockets = sockets;
    RemoteTerms terms = endpoint.terms();
    this.most = terms.maxSessions();
    this.inward = pacer(terms).over(terms.sharedRate().inward());
    this.outward = pacer(terms).over(terms.sharedRate().outward());
  }

  private static Pacer pacer(RemoteTerms terms) {
    return Pacer.of(terms.rateLimit(), terms.clock(), terms.nanoClock(), terms.sleeper()::sleep);
  }

  RemoteEndpoint endpoint() {
    return endpoint;
  }

  /** Does a whole piece of work over one session after another, as they are lost. */
  <T> T work(Call call, Function<Lease, T> work) {
    call.waitsAt(this);
    Lease lease = new Lease(this, call);
    try {
      return work.apply(lease);
    } finally {
      lease.end();
    }
  }

  /**
   * Does something that takes a second session while it holds one. Only one thread does so at a
   * time: two that each hold one and want another might wait for each other for ever.
   *
   * @throws TransferException.Refused if the endpoint allows one session only
   */
  <T> T pairing(java.util.function.Supplier<T> work) {
    try {
      pairs.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransferException.Connection(
          endpoint.name(), "Interrupted while waiting for a connection", e);
    }
    try {
      return work.get();
    } finally {
      pairs.unlock();
    }
  }

  /** Returns a session that answers: an idle one, a new one, or the next one that is given back. */
  Opened take(Call call) throws IOException {
    while (true) {
      Opened found = idleOrRoom(call);
      if (found != null) {
        call.uses(found.sockets);
        if (isUsable(found)) {
          found.session.counts(call);
          return found;
        }
        drop(found, call);
        continue;
      }
      Opened made = open(call);
      if (made != null) {
        return made;
      }
    }
  }

  /** Waits for an idle session, or for room for a new one, which is null. */
  private synchronized @Nullable Opened idleOrRoom(Call call) throws IOException {
    while (true) {
      if (closed || call.isOver()) {
        throw new IOException("This transfer was closed");
      }
      Opened last = idle.pollLast();
      if (last != null) {
        busy.add(last.sockets);
        return last;
      }
      if (busy.size() < most) {
        return null;
      }
      if (most < 2 && pairs.isHeldByCurrentThread()) {
        throw new TransferException.Refused(
            0,
            false,
            "%s allows one connection at a time, and to copy within it takes two: copy to a local directory first, and from there"
                .formatted(endpoint.name()),
            null);
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while waiting for a connection", e);
      }
    }
  }

  private static boolean isUsable(Opened opened) {
    return System.nanoTime() - opened.usedAt < TRUSTED_IDLE_NANOS || opened.session.isAlive();
  }

  // null if it must be looked again: there was room no more, or the endpoint has no more
  private @Nullable Opened open(Call call) throws IOException {
    OpenSockets made = sockets.sockets();
    synchronized (this) {
      if (busy.size() >= most || closed) {
        return null;
      }
      busy.add(made);
    }
    call.uses(made);
    try {
      RemoteSession session = endpoint.open(made);
      return new Opened(made, new PacedSession(session, made.watch(), inward, outward, call));
    } catch (IOException e) {
      call.leaves(made);
      if (isLearnt(made, e)) {
        return null;
      }
      throw e;
    } catch (RuntimeException e) {
      call.leaves(made);
      forget(made);
      throw e;
    }
  }

  private synchronized boolean isLearnt(OpenSockets refused, IOException failure) {
    forget(refused);
    int others = busy.size() + idle.size();
    if (others == 0 || !endpoint.isFull(failure)) {
      return false;
    }
    most = others;
    LOG.info(
        "event=remote-sessions-limited endpoint={} sessions={} reason={}",
        endpoint.name(),
        most,
        failure.getMessage());
    return true;
  }

  private synchronized void forget(OpenSockets gone) {
    gone.closeAll();
    busy.remove(gone);
    notifyAll();
  }

  /** Takes back a session that is ready for the next request. */
  void give(Opened opened, Call call) {
    call.leaves(opened.sockets);
    synchronized (this) {
      if (!closed) {
        opened.usedAt = System.nanoTime();
        busy.remove(opened.sockets);
        idle.addLast(opened);
        notifyAll();
        return;
      }
    }
    opened.session.close();
    forget(opened.sockets);
  }

  /** Takes back one of which nobody knows what comes next on it. */
  void drop(Opened opened, Call call) {
    call.leaves(opened.sockets);
    forget(opened.sockets);
  }

  /** Says whether a time that was set was found kept, so that it need not be asked each time. */
  boolean keepsTimes() {
    return keepsTimes;
  }

  void keepTimes() {
    keepsTimes = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Has those who wait for a session look whether they still want one. */
  synchronized void wake() {
    notifyAll();
  }

  /** Ends everything: what is idle politely, what works at once. */
  @Override
  public void close() {
    Deque<Opened> resting;
    synchronized (this) {
      closed = true;
      resting = new ArrayDeque<>(idle);
      idle.clear();
      busy.forEach(OpenSockets::closeAll);
      notifyAll();
    }
    resting.forEach(
        each -> {
          each.session.close();
          each.sockets.closeAll();
        });
  }
}
