package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.CancelScope.Cause;
import io.waybill.scheduler.TriggerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The handle by which a live run is ended from outside. It interrupts the run's thread and closes
 * what the attempt has open, and does neither once the run has left the part that may be ended.
 */
public final class RunControl {
  private @Nullable Cause cause;
  private String why = "cancelled";
  private boolean interrupted;
  private @Nullable Thread worker;
  private @Nullable CancelScope scope;
  private final List<RunControl> parts = new ArrayList<>();

  /** Returns a handle for a thread that works on a part of the run; it ends when the run does. */
  synchronized RunControl part() {
    RunControl part = new RunControl();
    part.cause = cause;
    part.why = why;
    parts.add(part);
    return part;
  }

  /** Ends the run: now if it is at work or waits, else at its next step. The first cause stands. */
  public synchronized void end(Cause why) {
    if (cause == null) {
      cause = why;
    }
    strike(why);
    parts.forEach(part -> part.end(why));
  }

  /**
   * Ends the run because somebody else has interrupted its thread: the scheduler does when it
   * closes, an application may. The interrupt is handed on when the run has ended, {@link
   * #wasInterrupted}.
   */
  synchronized void endByInterrupt(TriggerKind kind) {
    interrupted = true;
    if (cause == null) {
      cause = kind == TriggerKind.LOCAL ? Cause.CANCELLED : Cause.SHUTDOWN;
    }
    Cause why = cause;
    parts.forEach(part -> part.end(why));
  }

  /** Cancels the run, as {@link #end} does, for a reason that its record tells. */
  public synchronized void cancel(String reason) {
    if (cause == null) {
      why = reason;
    }
    end(Cause.CANCELLED);
  }

  /** Returns why it was cancelled, for a person. */
  synchronized String why() {
    return why;
  }

  /** Returns whether the run's thread was interrupted from elsewhere. */
  synchronized boolean wasInterrupted() {
    return interrupted;
  }

  /** Returns why the run is to end; empty while it is not. */
  public synchronized Optional<Cause> cause() {
    return Optional.ofNullable(cause);
  }

  /** Enters a part that may be ended from outside. */
  synchronized void enter(CancelScope attempt) {
    worker = Thread.currentThread();
    scope = attempt;
    if (cause != null) {
      strike(cause);
    }
  }

  /** Leaves it; an interrupt that came from here and hit nothing is taken back. */
  synchronized void leave() {
    boolean struck = scope != null && scope.cause().isPresent();
    worker = null;
    scope = null;
    if (struck) {
      Thread.interrupted();
    }
  }

  /** Ends only the attempt at work, if it is this one. */
  synchronized void timeOut(CancelScope attempt) {
    if (scope == attempt) {
      strike(Cause.TIMED_OUT);
    }
  }

  private void strike(Cause why) {
    if (scope != null && worker != null) {
      scope.cancel(why);
      worker.interrupt();
    }
  }
}
