package io.waybill.transfer.tcp.server;

import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Porter;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client that has logged in, over one or more connections. */
final class ServerSession {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);

  private static final AtomicLong NUMBERS = new AtomicLong();

  // several streams may pull each of the files that are open
  private static final int MOST_TASKS = 4 * Limits.OPEN_EXCHANGES;

  private final String user;
  private final ServerUsers.Account account;
  private final Quota quota;
  private final HeapBudget heap;
  private final InetAddress peer;
  private final Hello agreed;
  private final Optional<Instance> instance;
  private final Tickets tickets =
      new Tickets(InstantSource.system(), new SecureRandom(), Limits.STREAMS);
  private final ServerTransfers transfers = new ServerTransfers();
  private final List<Wire> wires = new CopyOnWriteArrayList<>();
  private final Wire.Windows windows = new Wire.Windows();
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger tasks = new AtomicInteger();
  private final BitSet streams = new BitSet();
  private final long number = NUMBERS.incrementAndGet();
  private boolean isClosed;

  /**
   * Begins a session.
   *
   * @param heap what the server has for the digests of open files
   */
  ServerSession(
      Login.Result login,
      ServerUsers.Account account,
      Quota quota,
      HeapBudget heap,
      InetAddress peer,
      Wire home) {
    this.heap = heap;
    this.user = login.user();
    this.account = account;
    this.quota = quota;
    this.peer = peer;
    this.agreed = login.agreed();
    this.instance = login.instance();
    home.growWithin(windows);
    wires.add(home);
  }

  String user() {
    return user;
  }

  Path root() {
    return account.root();
  }

  HeapBudget heap() {
    return heap;
  }

  /** What the user may add. */
  Quota quota() {
    return quota;
  }

  /**
   * Checks that the user may do what a frame asks for; what was changed in the users file counts
   * from the next login on.
   *
   * @throws WireException ACCESS_DENIED if it may not
   */
  void requirePermission(FrameType request) throws WireException {
    Optional<Permission> required = Permission.required(request);
    if (required.isPresent() && !has(required.get())) {
      throw new WireException(
          ErrorCode.ACCESS_DENIED,
          "user %s lacks the permission '%s', which %s needs; whoever runs the server can give it"
              .formatted(user, required.get().label(), request));
    }
  }

  /**
   * Checks that both ends can have chunks as large as a file's.
   *
   * @throws WireException LIMIT_EXCEEDED if not
   */
  void requireChunks(ChunkLayout layout) throws WireException {
    if (layout.chunkBytes() > agreed.terms().chunkLimit()) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED,
          "chunks of %d bytes are needed, and %d were agreed on"
              .formatted(layout.chunkBytes(), agreed.terms().chunkLimit()));
    }
  }

  boolean has(Permission permission) {
    return account.user().permissions().contains(permission);
  }

  void requireAgreed(Frame frame) throws WireException {
    agreed.requireAgreed(frame);
  }

  boolean has(String capability) {
    return agreed.has(capability);
  }

  ServerTransfers transfers() {
    return transfers;
  }

  /** Notes that a frame is being answered, until {@link #answered}. */
  void answering() {
    answers.incrementAndGet();
  }

  void answered() {
    answers.decrementAndGet();
  }

  /**
   * Notes that a thread begins to work for this session.
   *
   * @throws WireException LIMIT_EXCEEDED if there are too many
   */
  void taskBegins() throws WireException {
    if (tasks.incrementAndGet() > MOST_TASKS) {
      tasks.decrementAndGet();
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED, "more than " + MOST_TASKS + " requests are worked on at once");
    }
  }

  void taskEnds() {
    tasks.decrementAndGet();
  }

  /** Whether nothing is going on: no exchange is open and the last answer is sent. */
  boolean isAtRest() {
    return transfers.isEmpty() && answers.get() == 0;
  }

  /** Makes tickets for further connections, as many as asked for and allowed. */
  List<String> issueTickets(int wanted) {
    return IntStream.range(0, Math.min(wanted, Limits.STREAMS - 1))
        .mapToObj(each -> tickets.issue())
        .toList();
  }

  /** Uses a ticket of this session up, if it is one and comes from the same client. */
  boolean redeem(String ticket, InetAddress from, Optional<Instance> by) {
    return from.equals(peer) && by.equals(instance) && tickets.redeem(ticket);
  }

  /**
   * A number for a connection that joins.
   *
   * @throws WireException UNAVAILABLE if there are as many as a session may have
   */
  synchronized Porter.Seat seat() throws WireException {
    int free = streams.nextClearBit(1);
    if (free >= Limits.STREAMS) {
      throw WireException.unavailable(
          "the session has " + Limits.STREAMS + " connections already", Duration.ofSeconds(1));
    }
    streams.set(free);
    return new Porter.Seat(user, free);
  }

  /** Lets another connection have a number. */
  synchronized void vacate(int stream) {
    streams.clear(stream);
  }

  /**
   * Takes a connection in.
   *
   * @throws LostException if the session has ended meanwhile
   */
  void joined(Wire wire) throws LostException {
    synchronized (wires) {
      if (isClosed) {
        throw new LostException("the session has ended");
      }
      wire.growWithin(windows);
      wires.add(wire);
    }
  }

  /** A further connection has ended. */
  void left(Wire wire) {
    wires.remove(wire);
    vacate(wire.stream());
    transfers.lost(wire);
  }

  /** Whether this is what the client of another session used before. */
  boolean isOlderSelf(ServerSession newer) {
    return number < newer.number
        && instance.isPresent()
        && instance.equals(newer.instance)
        && user.equals(newer.user);
  }

  /** Ends every connection; the exchanges end with them. */
  void close(String why) {
    LOG.info("event=session-closed user={} reason=\"{}\"", user, why);
    LostException ended = new LostException(why);
    synchronized (wires) {
      isClosed = true;
    }
    for (Wire wire : wires) {
      wire.fail(ended);
      try {
        wire.close();
      } catch (IOException e) {
        LOG.info("event=close-failed user={}", user, e);
      }
    }
  }
}
