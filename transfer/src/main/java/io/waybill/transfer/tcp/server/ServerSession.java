package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client at the server, from HELLO to the end of its connection, on one thread: what can be
 * sent is sent, else the next frame is read and answered.
 */
public final class ServerSession implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);
  private static final Duration REST = Duration.ofMinutes(10);
  private static final Duration DRAIN_WAIT = Duration.ofSeconds(5);

  private final Wire wire;
  private final String peer;
  private final ServerUsers users;
  private final BooleanSupplier isDraining;
  private volatile boolean isAtRest = true;

  public ServerSession(Wire wire, String peer, ServerUsers users, BooleanSupplier isDraining) {
    this.wire = wire;
    this.peer = peer;
    this.users = users;
    this.isDraining = isDraining;
  }

  /** Serves the client until it leaves or breaks the protocol. */
  public void run() {
    try (wire) {
      try {
        serve();
      } catch (WireException e) {
        tellAndEnd(e);
      } catch (LostException e) {
        LOG.info("event=session-lost peer={} reason=\"{}\"", peer, e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("event=session-failed peer={}", peer, e);
        wire.sendError(0, new WireException(ErrorCode.INTERNAL, "the server failed; see its log"));
      }
    } catch (IOException e) {
      LOG.info("event=session-ended peer={} reason=\"{}\"", peer, e.getMessage());
    }
  }

  private void tellAndEnd(WireException e) throws IOException {
    LOG.info("event=session-refused peer={} code={} reason=\"{}\"", peer, e.code(), e.getMessage());
    if (!e.isFromPeer()) {
      wire.sendError(0, e);
    }
  }

  private void serve() throws IOException {
    if (isDraining.getAsBoolean()) {
      throw draining();
    }
    Login.Result login = Login.asServer(wire, users::key);
    Path root = users.root(login.user());
    LOG.info("event=session-started peer={} user={}", peer, login.user());
    boolean zeroChunks = login.agreed().capabilities().contains(Hello.ZERO_CHUNKS);
    ServerFiles files = new ServerFiles(root);
    try (ServerTransfers transfers = new ServerTransfers(wire, root, login.user(), zeroChunks)) {
      while (true) {
        if (transfers.step()) {
          continue;
        }
        if (transfers.isEmpty() && isDraining.getAsBoolean()) {
          throw draining();
        }
        Duration patience = transfers.patience(REST);
        isAtRest = transfers.isEmpty();
        Frame frame = wire.nextOrEnd(patience, "a request");
        isAtRest = false;
        if (frame == null) {
          return;
        }
        handle(frame, transfers, files, patience);
      }
    }
  }

  private void handle(Frame frame, ServerTransfers transfers, ServerFiles files, Duration patience)
      throws IOException {
    long transfer = frame.transfer();
    String path = transfers.path(transfer);
    try {
      if (transfer <= 0) {
        throw WireException.violation(frame.type() + " came with transfer id " + transfer);
      }
      dispatch(frame, transfers, files, patience);
    } catch (LostException e) {
      throw e;
    } catch (IOException e) {
      WireException error = ServerErrors.translate(path.isEmpty() ? requestedPath(frame) : path, e);
      if (error.code().endsSession()) {
        throw error;
      }
      try {
        transfers.fail(transfer, error);
      } finally {
        LOG.info(
            "event=request-failed peer={} frame={} code={}",
            peer,
            frame.type(),
            error.code(),
            error);
      }
    }
  }

  private void dispatch(
      Frame frame, ServerTransfers transfers, ServerFiles files, Duration patience)
      throws IOException {
    switch (frame.type()) {
      case OFFER -> {
        refuseWhenDraining();
        transfers.offer(frame);
      }
      case OPEN -> {
        refuseWhenDraining();
        transfers.open(frame);
      }
      case HAVE -> transfers.have(frame, patience);
      case CHUNK -> transfers.chunk(frame);
      case CHUNK_ACK -> transfers.acknowledged(frame);
      case COMMIT -> transfers.commit(frame);
      case COMMITTED -> transfers.committed(frame);
      case ABORT -> {
        transfers.abort(frame);
        done(frame);
      }
      case LIST -> list(frame, files);
      case STAT -> stat(frame, files);
      case RENAME -> {
        Fields fields = frame.fields();
        files.rename(fields.text(Tag.PATH), fields.text(Tag.TO));
        done(frame);
      }
      case DELETE -> {
        files.delete(frame.fields().text(Tag.PATH));
        done(frame);
      }
      case MKDIR -> {
        files.mkdir(frame.fields().text(Tag.PATH));
        done(frame);
      }
      case HELLO, AUTH, ERROR, KEEPALIVE, ENTRIES, DONE ->
          throw WireException.violation(frame.type() + " came after login");
    }
  }

  private void list(Frame frame, ServerFiles files) throws IOException {
    Entries entries = new Entries(wire, frame.transfer());
    files.list(frame.fields().text(Tag.PATH), frame.has(FrameType.RECURSIVE), entries::add);
    entries.end();
  }

  private void stat(Frame frame, ServerFiles files) throws IOException {
    Entries entries = new Entries(wire, frame.transfer());
    entries.add(files.stat(frame.fields().text(Tag.PATH)));
    entries.end();
  }

  private void done(Frame frame) throws IOException {
    wire.send(FrameType.DONE, frame.transfer(), new FieldsBuilder());
  }

  private static String requestedPath(Frame frame) throws WireException {
    if (frame.type() == FrameType.CHUNK) {
      return "a file";
    }
    String path = frame.fields().textOrNull(Tag.PATH);
    return path == null || path.isEmpty() ? "the root" : path;
  }

  private void refuseWhenDraining() throws WireException {
    if (isDraining.getAsBoolean()) {
      throw draining();
    }
  }

  private static WireException draining() {
    return WireException.unavailable("the server is shutting down", DRAIN_WAIT);
  }

  /** Says whether the client has nothing open, so that nothing is lost by ending the session. */
  public boolean isAtRest() {
    return isAtRest;
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
