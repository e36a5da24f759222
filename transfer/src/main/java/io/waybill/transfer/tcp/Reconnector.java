package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.wire.ErrorClass;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Watchdog;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session of a client, made when it is needed and made again when it is lost; for one call at a
 * time.
 */
final class Reconnector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnector.class);
  private static final int MOST_INTEGRITY_FAILURES = 3;

  private final WaybillServer server;
  private final ClientErrors errors;
  private final Dialer dialer;
  private final Predicate<Reconnector> hasOthers;
  private volatile @Nullable ClientSession session;
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

  /** The server has no room for this session beside those that the client has already. */
  static final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    private NoRoomException(WireException refusal) {
      super(refusal.getMessage(), refusal);
    }
  }

  /**
   * Prepares.
   *
   * @param hasOthers whether the client has sessions beside that one
   */
  Reconnector(WaybillServer server, Dialer.Shared shared, Predicate<Reconnector> hasOthers) {
    this.server = server;
    this.dialer = new Dialer(server, shared);
    this.errors = new ClientErrors(server, dialer::endpoint);
    this.hasOthers = hasOthers;
  }

  /**
   * Does the work, over as many connections as it takes while there is progress.
   *
   * @throws TransferException what the network or the server did wrong
   * @throws NoRoomException if the server refused to begin one more session
   * @throws IOException what a local file did wrong
   */
  <T> T retrying(Operation operation, Call call, Work<T> work) throws IOException {
    running = operation;
    try {
      if (isClosed) {
        operation.cancel();
      }
      return loop(operation, call, work);
    } finally {
      running = null;
      operation.detach(); // a late cancel must not end the next call's session
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
    private long since = System.nanoTime();
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
      failures.since = System.nanoTime();
      failures.lastWait = null;
    }
    failures.inARow++;
    if (!ClientErrors.isRetryable(e)
        || (Dialer.isUnknownName(e) && !dialer.hasConnected())
        || isClosed
        || failures.inARow >= server.backoff().mostFailures()
        || failures.integrity > MOST_INTEGRITY_FAILURES) {
      Duration taken = Duration.ofNanos(System.nanoTime() - failures.since);
      String hint =
          failures.inARow > 1
              ? " (tried %d times in %d s)".formatted(failures.inARow, taken.toSeconds())
              : "";
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
    server
        .retries()
        .accept(
            new Retry(
                dialer.endpoint(),
                call.what(),
                String.valueOf(e.getMessage()),
                failures.inARow,
                server.backoff().mostFailures(),
                wait));
    try {
      operation.sleep(server.backoff(), wait);
    } catch (IOException ended) {
      ended.addSuppressed(e);
      String before = "; the last failure: " + e.getMessage();
      throw errors.translate(call.what(), call.path(), before, ended);
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
    call.at(dialer.endpoint());
    if (open != null) {
      operation.attach(open);
      if (call.isRepeatable() || open.isFresh() || isAlive(open)) {
        return open;
      }
    }
    if (isAgain) {
      call.reconnected();
    }
    open = opened(operation, isAgain);
    session = open;
    operation.attach(open);
    return open;
  }

  private ClientSession opened(Operation operation, boolean isAgain) throws IOException {
    try {
      return ClientSession.open(server, dialer, operation);
    } catch (WireException e) {
      boolean isFull = e.code() == ErrorCode.UNAVAILABLE && e.isFromPeer();
      if (isFull && !isAgain && hasOthers.test(this)) {
        throw new NoRoomException(e);
      }
      throw e;
    }
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

  /** Whether it has a session at this moment. */
  boolean isConnected() {
    ClientSession open = session;
    return open != null && !open.hasEnded();
  }

  /** Ends the call that is under way, and does none after it. */
  void cancel() {
    isClosed = true;
    Operation operation = running;
    if (operation != null) {
      operation.cancel();
    }
  }

  /** Ends the session; no call may be under way. */
  @Override
  public void close() {
    ClientSession open = session;
    session = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.info("event=close-failed endpoint={}", server.endpoint(), e);
      }
    }
  }
}
