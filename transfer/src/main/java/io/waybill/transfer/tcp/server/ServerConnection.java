package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.access.ConnectionCaps;
import io.waybill.transfer.tcp.access.ProxyHeader;
import io.waybill.transfer.tcp.access.ProxyHeaderException;
import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.ScramServer;
import io.waybill.transfer.tcp.tls.IdentityException;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Heartbeat;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client at the server, from HELLO to its end, on the thread that reads it.
 * What takes long goes on on threads of its own, so that the next frame is read meanwhile.
 */
final class ServerConnection implements Runnable, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
  private static final Duration REST = Duration.ofMinutes(10);
  private static final Duration DRAIN_WAIT = Duration.ofSeconds(5);

  private final Wire wire;
  private final Transport transport;
  private final InetSocketAddress peer;
  private final ProxyHeader.ByteSource raw;
  private final Surroundings surroundings;
  private @Nullable Requests requests;

  /**
   * What the connections of a server share.
   *
   * @param workers run what takes long
   * @param shares a user's part of the memory for chunks
   * @param heap what there is for the digests of open files
   */
  record Surroundings(
      ServerUsers users,
      Sessions sessions,
      Executor workers,
      BooleanSupplier isDraining,
      Gate gate,
      Function<String, BufferBudget> shares,
      HeapBudget heap) {}

  /**
   * Takes over a connection.
   *
   * @param raw its bytes below TLS and frames, for what a balancer says first
   */
  ServerConnection(
      Transport transport,
      InetSocketAddress peer,
      ProxyHeader.ByteSource raw,
      Surroundings surroundings) {
    this.transport = transport;
    this.wire = transport.wire();
    this.peer = peer;
    this.raw = raw;
    this.surroundings = surroundings;
  }

  /** Serves the client until it leaves or breaks the protocol. */
  @Override
  public void run() {
    try (wire) {
      try {
        serve();
      } catch (WireException e) {
        tellAndEnd(e);
      } catch (LostException e) {
        LOG.info("event=connection-lost peer={} reason=\"{}\"", peer, e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("event=connection-failed peer={}", peer, e);
        wire.sendError(0, new WireException(ErrorCode.INTERNAL, "the server failed; see its log"));
      } finally {
        wire.release();
      }
    } catch (IdentityException e) {
      LOG.warn("event=certificate-refused peer={} reason=\"{}\"", peer, e.getMessage());
    } catch (IOException e) {
      LOG.info("event=connection-ended peer={} reason=\"{}\"", peer, e.getMessage());
    }
  }

  private void tellAndEnd(WireException e) throws IOException {
    LOG.info(
        "event=connection-refused peer={} code={} reason=\"{}\"", peer, e.code(), e.getMessage());
    Requests handler = requests;
    if (handler != null) {
      handler.ending();
    }
    if (!e.isFromPeer()) {
      wire.sendError(0, e);
      transport.linger();
    }
  }

  private void serve() throws IOException {
    long begun = System.nanoTime();
    wire.setDeadline("login", Limits.LOGIN_TIME);
    InetAddress address = origin().getAddress();
    try (ConnectionCaps.OpenConnection place = room(address)) {
      transport.open(left(begun));
      requireNotDraining();
      serve(address, place, begun);
    }
  }

  // before the handshake, which costs; within it nothing can be said yet
  private ConnectionCaps.OpenConnection room(InetAddress address) throws IOException {
    try {
      return surroundings.gate.connect(address);
    } catch (WireException e) {
      if (transport.isSecured()) {
        throw new LostException("refused before TLS: " + e.getMessage());
      }
      throw e;
    }
  }

  private InetSocketAddress origin() throws IOException {
    try {
      InetSocketAddress origin = surroundings.gate.origin(peer, raw);
      if (!origin.equals(peer)) {
        LOG.debug("event=connection-handed-on peer={} origin={}", peer, origin);
      }
      return origin;
    } catch (ProxyHeaderException e) {
      LOG.warn("event=proxy-header-refused peer={} reason=\"{}\"", peer, e.getMessage());
      throw e;
    }
  }

  private static Duration left(long begun) {
    return Limits.LOGIN_TIME.minusNanos(System.nanoTime() - begun);
  }

  private void serve(InetAddress address, ConnectionCaps.OpenConnection place, long begun)
      throws IOException {
    try (ServerPorter porter = new ServerPorter(surroundings, address, transport, place)) {
      Login.Result login = login(porter, begun);
      wire.setBuffers(surroundings.shares.apply(login.user()));
      ServerSession joined = porter.joined();
      if (joined == null) {
        begin(login, address);
      } else {
        join(joined);
      }
    }
  }

  private Login.Result login(ServerPorter porter, long begun) throws IOException {
    try {
      return Login.asServer(wire, porter, left(begun));
    } catch (IOException e) {
      porter.abandon();
      throw e;
    }
  }

  private void begin(Login.Result login, InetAddress address) throws IOException {
    ServerUsers.Account account =
        surroundings.users.account(login.user(), address).orElseThrow(ScramServer::refused);
    ServerSession session =
        new ServerSession(
            login, account, surroundings.users.quota(account), surroundings.heap, address, wire);
    LOG.info("event=session-started peer={} origin={} user={}", peer, address, login.user());
    surroundings.sessions.add(session);
    try (ServerTransfers transfers = session.transfers()) {
      serve(session, transfers);
    } catch (WireException e) {
      tellAndEnd(e); // before the session closes this connection, too
    } finally {
      surroundings.sessions.remove(session);
      session.close("its first connection has ended");
    }
  }

  private void join(ServerSession session) throws IOException {
    LOG.info("event=stream-joined peer={} user={} stream={}", peer, session.user(), wire.stream());
    try {
      session.joined(wire);
      serve(session, session.transfers());
    } finally {
      session.left(wire);
    }
  }

  private void serve(ServerSession session, ServerTransfers transfers) throws IOException {
    Requests handler = new Requests(wire, session, surroundings);
    requests = handler;
    try (handler;
        Heartbeat heartbeat = new Heartbeat(wire, () -> !transfers.isEmpty())) {
      while (true) {
        if (handler.isAtRest()) {
          requireNotDraining();
        }
        Frame frame = wire.nextOrEnd(transfers.patience(REST), "a request");
        if (frame == null) {
          return;
        }
        if (isAck(frame)) {
          wire.giveCredit(frame.fields().number(Tag.CREDIT, 0, Limits.WINDOW_LIMIT_BYTES));
        }
        handler.handle(frame);
      }
    } finally {
      wire.fail(new LostException("the connection has ended"));
    }
  }

  private static boolean isAck(Frame frame) {
    return frame.type() == FrameType.CHUNK_ACK || frame.type() == FrameType.BATCH_ACK;
  }

  private void requireNotDraining() throws WireException {
    if (surroundings.isDraining.getAsBoolean()) {
      throw draining();
    }
  }

  static WireException draining() {
    return WireException.unavailable("the server is shutting down", DRAIN_WAIT);
  }

  /** Whether no exchange is open here. */
  boolean isAtRest() {
    Requests handler = requests;
    return handler == null || handler.isAtRest();
  }

  /** Ends the connection; what arrived of unfinished files is kept. */
  @Override
  public void close() throws IOException {
    wire.close();
  }

  /** Which capabilities a server has. */
  static Set<String> capabilities() {
    return Hello.capabilities(Compression.isAvailable());
  }
}
