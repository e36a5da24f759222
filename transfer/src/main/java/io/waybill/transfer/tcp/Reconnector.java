package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.wire.ErrorClass;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Watchdog;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection, made when it is needed and made again when it is lost. Calls take turns.
 */
final class Reconnector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnector.class);
  private static final int MOST_INTEGRITY_FAILURES = 3;

  private final WaybillServer server;
  private final ClientErrors errors;
  private final Dialer dialer;
  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable ClientSession session;
  private volatile @Nullable Operation running;
  private volatile boolean isClosed;

  /**
   * What to do over a connection.
   *
   * @param <T> what it yields
   */
  @FunctionalInterface
  interface Work<T> {
    T over(ClientSession session) throws IOException;
  }

  Reconnector(WaybillServer server) {
    this.server = server;
    this.dialer = new Dialer(server);
    this.errors = new ClientErrors(server, dialer::endpoint);
  }

  /**
   * Does the work, over as many connections as it takes while there is progress.
   *
   * @throws TransferException what the network or the server did wrong
   * @throws IOException what a local file did wrong
   */
  <T> T retrying(Operation operation, Call call, Work<T> work) throws IOException {
    operation.begin();
    try {
      operation.awaitTurn(turn);
    } catch (LostException e) {
      operation.end();
      throw errors.translate(call.what(), call.path(), "", e);
    }
    running = operation;
    try {
      if (isClosed) {
        throw new TransferException.Connection(
            server.endpoint(), "This transfer to " + server.endpoint() + " is closed", null);
      }
      return loop(operation, call, work);
    } finally {
      running = null;
      turn.unlock();
      operation.end();
    }
  }

  private <T> T loop(Operation operation, Call call, Work<T> work) throws IOException {
    Failures failures = new Failures();
    while (true) {
      ClientSession open = null;
      try {
        open = connected(operation, call, failures.hasAny());
        return watched(operation, call, open, work);
      } catch (LostException | WireException e) {
        dropUnlessInStep(e);
        if (open != null && e instanceof LostException && !call.isRepeatable()) {
          throw new TransferException.Ambiguous(
              call.path(),
              "The connection to %s was lost during the %s: look whether it happened"
                  .formatted(server.endpoint(), call.what()),
              e);
        }
        waitAfter(e, operation, call, failures);
      } catch (IOException | RuntimeException e) {
        drop(e);
        throw e;
      }
    }
  }

  // an end that says that it lives, and does nothing, is left as one that is silent
  private static <T> T watched(Operation operation, Call call, ClientSession open, Work<T> work)
      throws IOException {
    if (operation.stallTimeout().isZero()) {
      return work.over(open);
    }
    try (Watchdog stall = new Watchdog(open)) {
      call.watch(stall, operation.stallTimeout());
      try {
        return work.over(open);
      } catch (LostException e) {
        throw stall.expired() == null ? e : LostException.of(e, stall.expired());
      } finally {
        call.unwatch();
      }
    }
  }

  /** What went wrong in a row. */
  private static final class Failures {
    private int inARow;
    private int integrity;
    private @Nullable Duration lastWait;

    boolean hasAny() {
      return lastWait != null;
    }
  }

  private void waitAfter(IOException e, Operation operation, Call call, Failures failures) {
    boolean isIntegrity =
        e instanceof WireException wire && wire.errorClass() == ErrorClass.INTEGRITY;
    if (isIntegrity) {
      failures.integrity++;
    }
    if (operation.isOver()) {
      throw errors.translate(call.what(), call.path(), "", operation.ending(e));
    }
    boolean hadProgress = call.takeProgress();
    if (hadProgress && !isIntegrity) {
      failures.inARow = 0;
      failures.lastWait = null;
    }
    failures.inARow++;
    if (!ClientErrors.isRetryable(e)
        || isClosed
        || failures.inARow >= server.backoff().mostFailures()
        || failures.integrity > MOST_INTEGRITY_FAILURES) {
      String hint = failures.inARow > 1 ? " (tried " + failures.inARow + " times)" : "";
      throw errors.translate(call.what(), call.path(), hint, e);
    }
    Duration last = failures.lastWait;
    Duration wait = last == null ? server.backoff().first() : server.backoff().next(last);
    failures.lastWait = wait;
    boolean isElsewhere =
        e instanceof WireException left
            && left.code() == ErrorCode.UNAVAILABLE
            && left.isFromPeer()
            && dialer.passOver();
    if (isElsewhere) {
      drop(e); // another host may be ready now
    } else if (e instanceof WireException wire && wire.retryAfter().compareTo(wait) > 0) {
      wait = wire.retryAfter();
    }
    LOG.info(
        "event=retry endpoint={} call=\"{}\" failures={} waitMs={} reason=\"{}\"",
        server.endpoint(),
        call.what(),
        failures.inARow,
        wait.toMillis(),
        e.getMessage());
    try {
      operation.sleep(server.backoff(), wait);
    } catch (IOException ended) {
      ended.addSuppressed(e);
      throw errors.translate(call.what(), call.path(), "", ended);
    }
  }

  private ClientSession connected(Operation operation, Call call, boolean isAgain)
      throws IOException {
    operation.requireNotCancelled();
    ClientSession open = session;
    if (open != null && open.hasEnded()) {
      drop(new LostException("it has ended"));
      open = null;
    }
    if (open != null) {
      operation.attach(open);
      if (call.isRepeatable() || open.isFresh() || isAlive(open)) {
        return open;
      }
    }
    if (isAgain) {
      call.reconnected();
    }
    open = ClientSession.open(server, dialer, operation);
    session = open;
    operation.attach(open);
    return open;
  }

  // a call that must not be made twice is not risked on a connection that died while it was at rest
  private boolean isAlive(ClientSession open) throws IOException {
    try {
      open.stat("");
      return true;
    } catch (LostException e) {
      drop(e);
      return false;
    } catch (WireException e) {
      if (e.code().endsSession()) {
        throw e;
      }
      return true; // it may not look, but it was answered
    }
  }

  // after an error that ended one exchange only, the connection can serve the next
  private void dropUnlessInStep(IOException failure) {
    if (!(failure instanceof WireException wire
        && wire.isFromPeer()
        && !wire.code().endsSession())) {
      drop(failure);
    }
  }

  private void drop(Exception failure) {
    ClientSession open = session;
    session = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  /** The host in use, for messages. */
  String endpoint() {
    return dialer.endpoint();
  }

  /** Ends the connection and whatever call is under way. */
  @Override
  public void close() {
    isClosed = true;
    Operation operation = running;
    if (operation != null) {
      operation.cancel();
    }
    turn.lock();
    try {
      ClientSession open = session;
      session = null;
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.info("event=close-failed endpoint={}", server.endpoint(), e);
    } finally {
      turn.unlock();
    }
  }
}
