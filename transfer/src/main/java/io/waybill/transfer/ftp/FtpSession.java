package io.waybill.transfer.ftp;

import io.waybill.transfer.TransferException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one connection of a transfer: made when needed, made again when lost, used in turns. */
final class FtpSession {
  private static final long TRUSTED_IDLE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Something said over a connection. */
  interface Step<T> {
    T run(FtpConnection connection) throws IOException;
  }

  /** Something done over a connection. */
  interface Action {
    void run(FtpConnection connection) throws IOException;
  }

  /** One call that somebody may want to end early. */
  static final class Call {
    private boolean running;
    private boolean cancelled;
  }

  private final FtpServer server;
  private final FtpFailures failures;
  private final OpenSockets sockets;
  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable FtpConnection connection;
  private long usedAt;
  private volatile boolean closed;

  FtpSession(FtpServer server) {
    this.server = server;
    this.failures = new FtpFailures(server);
    this.sockets = new OpenSockets(server.socketFactory());
  }

  FtpServer server() {
    return server;
  }

  /** Does a whole piece of work while no other thread has the connection. */
  <T> T inTurn(Call call, Supplier<T> work) {
    turn.lock();
    try {
      synchronized (call) {
        call.running = true;
      }
      return work.get();
    } finally {
      synchronized (call) {
        call.running = false;
      }
      turn.unlock();
    }
  }

  /** Does one step; a failure is the caller's. */
  <T> T once(String what, Step<T> step) {
    return inTurn(
        new Call(),
        () -> {
          try {
            return attempt(step);
          } catch (IOException e) {
            throw failures.translate(what, e);
          }
        });
  }

  /** Does one thing that yields nothing; a failure is the caller's. */
  void act(String what, Action action) {
    once(what, connection -> done(connection, action));
  }

  private static boolean done(FtpConnection connection, Action action) throws IOException {
    action.run(connection);
    return true;
  }

  /** Does one step of a transfer that yields nothing, as {@link #resuming} does. */
  void actResuming(String what, Call call, Reconnects reconnects, Action action) {
    resuming(what, call, reconnects, connection -> done(connection, action));
  }

  /** Does one step of a transfer, again over a new connection as often as is allowed. */
  <T> T resuming(String what, Call call, Reconnects reconnects, Step<T> step) {
    while (true) {
      TransferException failure;
      try {
        return attempt(step);
      } catch (IOException e) {
        failure = failures.translate(what, e);
      }
      if (!failure.isTransient() || isOver(call)) {
        throw failure;
      }
      reconnects.waitAfter(failure);
      if (isOver(call)) {
        throw failure;
      }
    }
  }

  private boolean isOver(Call call) {
    synchronized (call) {
      return closed || call.cancelled;
    }
  }

  // A refusal leaves the connection in step; after anything else nobody knows what comes next on
  // it.
  private <T> T attempt(Step<T> step) throws IOException {
    boolean inStep = false;
    try {
      T result = step.run(connected());
      inStep = true;
      return result;
    } catch (FtpReplyException | CommandRefusedException e) {
      inStep = true;
      throw e;
    } finally {
      usedAt = System.nanoTime();
      if (!inStep) {
        connection = null;
        sockets.closeAll();
      }
    }
  }

  private FtpConnection connected() throws IOException {
    FtpConnection present = connection;
    if (present != null && (System.nanoTime() - usedAt < TRUSTED_IDLE_NANOS || present.isAlive())) {
      return present;
    }
    connection = null;
    sockets.closeAll();
    if (closed) {
      throw new IOException("This transfer was closed");
    }
    FtpConnection made = FtpConnection.open(server, sockets);
    connection = made;
    return made;
  }

  /** Ends a call; one that still waits for its turn ends when it gets it. */
  void cancel(Call call) {
    synchronized (call) {
      call.cancelled = true;
      if (call.running) {
        sockets.closeAll();
      }
    }
  }

  /** Ends everything. */
  void close() {
    closed = true;
    if (turn.tryLock()) {
      try {
        FtpConnection present = connection;
        connection = null;
        if (present != null) {
          present.close();
        }
      } finally {
        turn.unlock();
      }
    }
    sockets.closeAll();
  }
}
