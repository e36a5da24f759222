package io.waybill.transfer.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Ends what a session does when nothing moves for too long, by closing what it is blocked on: a
 * read may have a timeout of its own, but a blocked write ends in no other way. Each session has
 * one. Two limits count, the shorter of them: the one of the call, from {@link #begin} to {@link
 * #end}, and the one of a phase within it. Safe for use by several threads.
 */
public final class StallWatch {
  private final Runnable closeSockets;
  private volatile long movedAt;
  private volatile @Nullable Duration stalledAfter;
  private Duration ofCall = Duration.ZERO;
  private Duration ofPhase = Duration.ZERO;
  private boolean isPaused;
  private @Nullable Future<?> look;
  private long lookAt;

  /** A time in which another limit holds. */
  public interface Phase extends AutoCloseable {
    @Override
    void close();
  }

  /** Prepares; {@code closeSockets} is called once if nothing moves for too long. */
  public StallWatch(Runnable closeSockets) {
    this.closeSockets = closeSockets;
  }

  /** Does something unless the phase is over within so long, whatever moves. */
  public static Phase limit(Duration limit, Runnable end) {
    Future<?> alarm = Alarms.after(limit, end);
    return () -> alarm.cancel(false);
  }

  /** A call begins, which may make no progress for so long; zero for ever. */
  synchronized void begin(Duration limit) {
    ofCall = limit;
    ofPhase = Duration.ZERO;
    isPaused = false;
    renew();
  }

  /** The call is over. */
  synchronized void end() {
    ofCall = Duration.ZERO;
    ofPhase = Duration.ZERO;
  }

  /**
   * Begins a phase in which something has to move within so long, also where calls have no limit.
   */
  public Phase within(Duration limit) {
    return phase(limit, false);
  }

  /** Begins a phase in which waits have limits of their own. */
  synchronized Phase unwatched() {
    return phase(ofPhase, true);
  }

  private synchronized Phase phase(Duration limit, boolean pauses) {
    Duration limitBefore = ofPhase;
    boolean pausedBefore = isPaused;
    becomes(limit, pauses);
    return () -> becomes(limitBefore, pausedBefore);
  }

  private synchronized void becomes(Duration limit, boolean pauses) {
    ofPhase = limit;
    isPaused = pauses;
    renew();
  }

  /** Notes that bytes moved, or that a step is done. */
  public void moved() {
    movedAt = System.nanoTime();
  }

  /** It is not the other side that is waited for. */
  synchronized void pause() {
    isPaused = true;
  }

  /** It is the other side again. */
  synchronized void resume() {
    isPaused = false;
    renew();
  }

  /** Returns why something failed: that nothing moved, or the failure itself. */
  public IOException why(IOException failure) {
    Duration limit = stalledAfter;
    if (limit == null) {
      return failure;
    }
    StalledException stalled = new StalledException(limit);
    stalled.initCause(failure);
    return stalled;
  }

  private Duration limit() {
    if (isPaused || ofCall.isZero() || ofPhase.isZero()) {
      return isPaused ? Duration.ZERO : ofCall.isZero() ? ofPhase : ofCall;
    }
    return ofCall.compareTo(ofPhase) < 0 ? ofCall : ofPhase;
  }

  private void renew() {
    moved();
    Duration limit = limit();
    if (!limit.isZero()) {
      lookIn(limit.toNanos());
    }
  }

  // One that comes early looks again, and one that comes after the end sees that: so a step of a
  // small file costs nothing and wakes nobody up.
  private void lookIn(long nanos) {
    long at = System.nanoTime() + nanos;
    Future<?> next = look;
    if (next != null && lookAt - at <= 0) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    lookAt = at;
    look = Alarms.after(Duration.ofNanos(nanos), this::look);
  }

  private void look() {
    synchronized (this) {
      look = null;
      Duration limit = limit();
      if (limit.isZero() || stalledAfter != null) {
        return; // the next that has a limit begins again
      }
      long left = limit.toNanos() - (System.nanoTime() - movedAt);
      if (left > 0) {
        lookIn(left);
        return;
      }
      stalledAfter = limit;
    }
    closeSockets.run();
  }
}
