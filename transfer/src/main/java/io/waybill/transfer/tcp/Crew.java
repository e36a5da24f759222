package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The further streams that carry one file: takes as many of the session's as the tuner wants, has
 * more joined where there are too few, and measures. None of it can fail the transfer: what a lost
 * stream carried goes over another.
 */
final class Crew implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
  private static final long LOOK_MILLIS = 100;
  private static final int MOST_LOSSES = 3;

  private final ClientSession session;
  private final StreamTuner tuner;
  private final LongSupplier movedBytes;
  private final Work work;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Wire> members = new ArrayList<>();
  private final Set<Wire> seen = new HashSet<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private int losses;
  private boolean isOver;

  /** What one further stream does for the file. */
  @FunctionalInterface
  interface Work {
    /** Begins, and returns when there is nothing more to do; a lost stream throws. */
    void over(Crew crew, Wire further) throws IOException;
  }

  private Crew(ClientSession session, StreamTuner tuner, LongSupplier movedBytes, Work work) {
    this.session = session;
    this.tuner = tuner;
    this.movedBytes = movedBytes;
    this.work = work;
  }

  /**
   * Begins, on a thread of its own, if the tuner may want more than one stream.
   *
   * @param movedBytes how much of the file the other end has by now; further streams join once that
   *     is more than nothing
   */
  static Crew start(ClientSession session, StreamTuner tuner, LongSupplier movedBytes, Work work) {
    Crew crew = new Crew(session, tuner, movedBytes, work);
    if (!tuner.isSingle()) {
      // nobody waits for its end: it may be busy connecting, and then finds that the file is done
      Thread leader = new Thread(crew::lead, "waybill-streams");
      leader.setDaemon(true);
      leader.start();
    }
    return crew;
  }

  private void begin(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    lock.lock();
    try {
      if (!isOver) {
        threads.add(thread);
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  private void lead() {
    while (movedBytes.getAsLong() == 0 && !pause()) {
      // the first chunk shows that the exchange is under way at the other end
    }
    tuner.start(System.nanoTime());
    do {
      tuner.look(System.nanoTime(), movedBytes.getAsLong(), size() + 1);
      hire();
    } while (!pause());
  }

  /** Waits a moment; true if the file is done. */
  private boolean pause() {
    try {
      return over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void hire() {
    while (size() + 1 < tuner.streams()) {
      Wire next = next();
      if (next == null) {
        return;
      }
      lock.lock();
      try {
        members.add(next);
        seen.add(next);
      } finally {
        lock.unlock();
      }
      begin("waybill-stream-" + next.stream(), () -> serve(next));
    }
    lock.lock();
    try {
      changed.signalAll(); // some may have to rest, or need not any more
    } finally {
      lock.unlock();
    }
  }

  private int size() {
    lock.lock();
    try {
      return members.size();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Wire next() {
    for (Wire wire : session.wires()) {
      if (wire != session.home() && !seen.contains(wire)) {
        return wire;
      }
    }
    try {
      return session.addStream();
    } catch (IOException e) {
      LOG.info("event=stream-not-added have={} reason=\"{}\"", size() + 1, e.getMessage());
      tuner.limit(size() + 1);
      return null;
    }
  }

  private void serve(Wire wire) {
    try {
      work.over(this, wire);
    } catch (LostException e) {
      left(wire, e);
    } catch (WireException e) {
      // the exchange itself has failed, which the first stream tells
      LOG.debug("event=stream-ended stream={}", wire.stream(), e);
    } catch (IOException e) {
      LOG.info("event=stream-ended stream={} reason=\"{}\"", wire.stream(), e.getMessage());
    }
  }

  /** A stream is gone; another takes its place, unless that happens too often. */
  void left(Wire wire, IOException why) {
    lock.lock();
    try {
      if (!isOver && members.remove(wire) && ++losses >= MOST_LOSSES) {
        LOG.info("event=streams-given-up losses={} reason=\"{}\"", losses, why.getMessage());
        tuner.limit(members.size() + 1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits as long as the tuner wants fewer streams; asked between two chunks. */
  void restIfTooMany(Wire wire) {
    lock.lock();
    try {
      while (!isOver && members.indexOf(wire) + 1 >= tuner.streams()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many streams turned out best; nothing if there was no time to find out. */
  @Nullable Integer best() {
    return tuner.isSettled() && !tuner.isSingle() && losses == 0 ? tuner.streams() : null;
  }

  /** Ends the work of the further streams, which stay with the session. */
  @Override
  public void close() {
    List<Thread> all;
    lock.lock();
    try {
      isOver = true;
      over.countDown();
      changed.signalAll();
      all = List.copyOf(threads);
    } finally {
      lock.unlock();
    }
    boolean isInterrupted = false;
    for (Thread thread : all) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
