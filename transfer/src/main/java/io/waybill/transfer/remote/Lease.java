package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.SessionPool.Opened;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one piece of work has of the pool: at most one session at a time, and a new one if lost. */
final class Lease {
  /** Something asked of a session. */
  interface Step<T> {
    T run(RemoteSession session) throws IOException;
  }

  /** Something done over a session. */
  interface Action {
    void run(RemoteSession session) throws IOException;
  }

  private final SessionPool pool;
  private final Call call;
  private @Nullable Opened opened;

  Lease(SessionPool pool, Call call) {
    this.pool = pool;
    this.call = call;
  }

  RemoteEndpoint endpoint() {
    return pool.endpoint();
  }

  SessionPool pool() {
    return pool;
  }

  /** Does one step; a failure is the caller's. */
  <T> T once(String what, Step<T> step) {
    try {
      return attempt(step);
    } catch (IOException e) {
      throw WayFailures.translate(endpoint(), what, e);
    }
  }

  /** Does one step of a transfer, again over a new session as often as is allowed. */
  <T> T resuming(String what, Reconnects reconnects, Step<T> step) {
    return repeating(what, reconnects, TransferException::isTransient, step);
  }

  /** Asks something: once more if the endpoint answers that it cannot tell now. */
  <T> T asking(String what, Step<T> step) {
    return repeating(
        what,
        new Reconnects(endpoint()),
        failure -> failure.isTransient() && failure instanceof TransferException.Refused,
        step);
  }

  private <T> T repeating(
      String what, Reconnects reconnects, Predicate<TransferException> mayPass, Step<T> step) {
    while (true) {
      TransferException failure;
      try {
        return attempt(step);
      } catch (IOException e) {
        failure = WayFailures.translate(endpoint(), what, e);
      }
      if (!mayPass.test(failure) || isOver()) {
        throw failure;
      }
      call.nap(() -> reconnects.waitAfter(failure));
      if (isOver()) {
        throw failure;
      }
    }
  }

  /** Does one thing of a transfer that yields nothing, as {@link #resuming} does. */
  void actResuming(String what, Reconnects reconnects, Action action) {
    resuming(
        what,
        reconnects,
        session -> {
          action.run(session);
          return true;
        });
  }

  private boolean isOver() {
    return pool.isClosed() || call.isOver();
  }

  private <T> T attempt(Step<T> step) throws IOException {
    Opened now = opened;
    if (now == null) {
      now = pool.take(call);
      opened = now;
    }
    boolean inStep = false;
    now.watch().begin(call.stallTimeout());
    try {
      T result = step.run(now.session());
      inStep = now.session().isInStep();
      return result;
    } catch (RefusedByPeerException e) {
      inStep = now.session().isInStep();
      throw e;
    } catch (IOException e) {
      throw now.watch().why(e);
    } finally {
      now.watch().end();
      if (!inStep) {
        opened = null;
        pool.drop(now, call);
      }
    }
  }

  /** Gives back what is held; what is asked next takes another. */
  void end() {
    Opened held = opened;
    opened = null;
    if (held != null) {
      pool.give(held, call);
    }
  }
}
