package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.DiskFullException;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.ExchangeEndedException;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what fails over one connection: what fails one exchange is told to the client, and
 * the connection goes on; what is worse ends it.
 */
final class ExchangeGuard implements SmallFiles.Guard {
  private static final Logger LOG = LoggerFactory.getLogger(ExchangeGuard.class);
  private static final Duration FAREWELL = Duration.ofSeconds(1);
  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

  private final Wire wire;
  private final ServerSession session;
  private final ServerTransfers transfers;
  private final Executor workers;
  private volatile boolean isEnding;
  private boolean hasWarned;
  private long lastWarning;

  ExchangeGuard(Wire wire, ServerSession session, Executor workers) {
    this.wire = wire;
    this.session = session;
    this.transfers = session.transfers();
    this.workers = workers;
  }

  /** The last word is being said: nothing is answered any more, and nobody else closes. */
  void ending() {
    isEnding = true;
  }

  boolean isEnding() {
    return isEnding;
  }

  @Override
  public void begin(Frame frame) throws WireException {
    transfers.begin(frame.transfer());
    transfers.requireRoom();
  }

  /**
   * Does what a frame asks for.
   *
   * @throws IOException what ends the connection
   */
  void guarded(Frame frame, SmallFiles.Work work) throws IOException {
    String path = transfers.path(frame.transfer());
    session.answering();
    try {
      work.run();
    } catch (LostException e) {
      throw e;
    } catch (ExchangeEndedException e) {
      LOG.debug("event=exchange-ended frame={} reason=\"{}\"", frame.type(), e.getMessage());
      transfers.end(frame.transfer());
    } catch (IOException e) {
      WireException error = ServerErrors.translate(path.isEmpty() ? requestedPath(frame) : path, e);
      if (error.code().endsSession()) {
        throw error;
      }
      fail(frame, error);
    } finally {
      session.answered();
    }
  }

  private void fail(Frame frame, WireException error) throws IOException {
    LOG.info(
        "event=request-failed user={} frame={} code={} reason=\"{}\"",
        session.user(),
        frame.type(),
        error.code(),
        error.getMessage());
    LOG.debug("event=request-failed frame={}", frame.type(), error);
    if (error.getCause() instanceof DiskFullException full && isWarningDue()) {
      LOG.warn(
          "event=disk-full user={} reason=\"{}\" next=\"make room; clients try again\"",
          session.user(),
          full.getMessage());
    }
    try {
      transfers.end(frame.transfer());
    } catch (IOException e) {
      error.addSuppressed(e);
    }
    wire.sendError(frame.transfer(), error);
  }

  // each small file of a batch finds the disk full: one line for all of them
  private synchronized boolean isWarningDue() {
    long now = System.nanoTime();
    boolean isDue = !hasWarned || now - lastWarning > BETWEEN_WARNINGS.toNanos();
    if (isDue) {
      hasWarned = true;
      lastWarning = now;
    }
    return isDue;
  }

  /** Goes on elsewhere, while the next frame is read. */
  @Override
  public void later(Frame frame, SmallFiles.Work work) throws WireException {
    session.taskBegins();
    try {
      workers.execute(
          () -> {
            try {
              run(frame, work);
            } finally {
              session.taskEnds();
            }
          });
    } catch (RejectedExecutionException e) {
      session.taskEnds();
      throw e;
    }
  }

  @Override
  public void run(Frame frame, SmallFiles.Work work) {
    try {
      guarded(frame, work);
    } catch (IOException e) {
      endConnection(frame, e);
    } catch (RuntimeException e) {
      LOG.error("event=request-failed frame={}", frame.type(), e);
      endConnection(
          frame, new WireException(ErrorCode.INTERNAL, "the server failed; its log says how"));
    }
  }

  private void endConnection(Frame frame, IOException why) {
    LOG.info("event=exchange-ended frame={} reason=\"{}\"", frame.type(), why.getMessage());
    try {
      transfers.end(frame.transfer());
      if (isEnding) {
        return; // somebody says why, and closes
      }
      if (why instanceof WireException told && !told.isFromPeer()) {
        isEnding = true;
        wire.sendError(0, told);
        // closed by the peer, who reads it; what it still sends is read and not answered
        wire.setDeadline("the farewell", FAREWELL);
        return;
      }
      wire.close();
    } catch (IOException e) {
      LOG.info("event=close-failed", e);
    }
  }

  private static String requestedPath(Frame frame) throws WireException {
    switch (frame.type()) {
      case CHUNK, BATCH, QUERY, FETCH -> {
        return "a file";
      }
      default -> {}
    }
    String path = frame.fields().textOrNull(Tag.PATH);
    return path == null || path.isEmpty() ? "the root" : path;
  }
}
