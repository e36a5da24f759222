package io.waybill.transfer.tcp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client, logged in: exchanges over one connection, and over further ones that join it. Safe for
 * use by several threads, whose exchanges go on side by side.
 */
final class ClientSession implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);
  private static final int PAGES_AHEAD = 4;
  private static final int LOOKS_AT_ROUND_TRIP = 3;
  private static final Duration SURELY_FAR = Duration.ofMillis(25);

  private final WaybillServer server;
  private final Dialer dialer;
  private final Hello agreed;
  private final String user;
  private final Wire home;
  private final Operation joining = new Operation();
  private final Map<Long, Mailbox> mailboxes = new ConcurrentHashMap<>();
  private final List<ClientLink> links = new CopyOnWriteArrayList<>();
  private final Wire.Windows windows = new Wire.Windows();
  private final AtomicLong lastId = new AtomicLong();
  private volatile @Nullable IOException failure;
  private volatile boolean isClosed;

  private ClientSession(WaybillServer server, Dialer dialer, Dialer.Dialled first) {
    this.server = server;
    this.dialer = dialer;
    this.agreed = first.login().agreed();
    this.user = first.login().user();
    this.home = first.wire();
  }

  /**
   * Connects and logs in.
   *
   * @param operation can cut it short
   * @throws LostException if the server cannot be reached
   * @throws WireException if it refuses
   */
  static ClientSession open(WaybillServer server, Dialer dialer, Operation operation)
      throws IOException {
    Dialer.Dialled first = dialer.logIn(operation);
    ClientSession session = new ClientSession(server, dialer, first);
    session.begin(first.wire());
    try {
      session.look();
      return session;
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  // some milliseconds may be those of a JVM that connects for the first time, and what is taken for
  // far gets more streams, compression and digests of the old target
  private void look() throws IOException {
    for (int i = 0; i < LOOKS_AT_ROUND_TRIP && isDoubtful(roundTrip()); i++) {
      long begun = System.nanoTime();
      try {
        stat("");
      } catch (WireException e) {
        if (e.code().endsSession()) {
          throw e;
        } // it may not look, but it was answered
      }
      dialer.took(Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private static boolean isDoubtful(Duration roundTrip) {
    return roundTrip.compareTo(StreamTuner.LEAST_ROUND_TRIP) >= 0
        && roundTrip.compareTo(SURELY_FAR) < 0;
  }

  private void begin(Wire wire) throws IOException {
    wire.growWithin(windows);
    ClientLink link = new ClientLink(wire, new Arrivals());
    links.add(link);
    link.start();
    if (isClosed || failure != null) {
      link.close();
      throw new LostException("the session has ended");
    }
  }

  /** What comes over one of the connections. */
  private final class Arrivals implements ClientLink.Receiver {
    @Override
    public void take(Wire on, Frame frame) throws IOException {
      dispatch(on, frame);
    }

    @Override
    public boolean isBusy() {
      return !mailboxes.isEmpty();
    }

    @Override
    public void ended(Wire on, IOException why) {
      lost(on, why);
    }
  }

  /** The first connection; the session ends with it. */
  Wire home() {
    return home;
  }

  /** The connections there are, the first one first. */
  List<Wire> wires() {
    return links.stream().map(ClientLink::wire).toList();
  }

  /** Whether both ends have a capability. */
  boolean has(String capability) {
    return agreed.has(capability);
  }

  /** What was agreed on. */
  ServerTerms terms() {
    return new ServerTerms(
        user,
        agreed.versions().max(),
        agreed.features().offered(),
        mostStreams(),
        agreed.terms().chunkLimit());
  }

  /** The longest time to wait for an answer. */
  Duration patience() {
    return home().idle();
  }

  /** How long connecting took, about one round trip. */
  Duration roundTrip() {
    return dialer.roundTrip();
  }

  /** How its connections are protected, protocol and cipher; empty if they are plain. */
  Optional<String> tls() {
    return dialer.protection();
  }

  /** How many connections the server lets a session have. */
  int mostStreams() {
    return agreed.has(Hello.STREAMS) ? agreed.doors().map(Hello.Doors::streams).orElse(1) : 1;
  }

  /** Finds out how many streams a file of that many chunks shall have. */
  StreamTuner tuner(int chunks) {
    int allowed = Math.min(mostStreams(), Math.max(1, chunks / 2));
    return server.streams() > 0
        ? StreamTuner.fixed(server.streams(), allowed)
        : StreamTuner.climbing(
            roundTrip(), server.routeMemory().streams(dialer.endpoint()), allowed);
  }

  /** Notes for the next file how many streams were best, if that was found out. */
  void learn(@Nullable Integer streams) {
    if (streams != null && server.streams() == 0) {
      server.routeMemory().learned(dialer.endpoint(), streams);
    }
  }

  /**
   * Joins one more connection to the session; it stays until the session ends.
   *
   * @throws WireException if the server allows no more
   */
  synchronized Wire addStream() throws IOException {
    if (links.size() >= mostStreams()) {
      throw WireException.unavailable(
          "the server allows " + mostStreams() + " connections", Duration.ZERO);
    }
    String ticket;
    Mailbox asked = begin(Mailbox.NO_BULK);
    try {
      asked.wire().send(FrameType.TICKETS, asked.id(), new FieldsBuilder().number(Tag.STREAMS, 1));
      ticket = asked.take(FrameType.TICKETS, patience()).fields().text(Tag.TICKET);
    } finally {
      end(asked);
    }
    Wire wire = dialer.join(ticket, joining).wire();
    begin(wire);
    return wire;
  }

  /** Begins an exchange on the first connection. */
  Mailbox begin(Mailbox.Bulk bulk) throws IOException {
    Mailbox mailbox = new Mailbox(lastId.incrementAndGet(), home(), bulk);
    mailboxes.put(mailbox.id(), mailbox);
    IOException ended = failure;
    if (ended != null) {
      mailboxes.remove(mailbox.id());
      throw ended;
    }
    return mailbox;
  }

  /** Ends an exchange; what still comes for it is passed over. */
  void end(Mailbox mailbox) {
    mailboxes.remove(mailbox.id());
    mailbox.close();
  }

  /** Whether nothing more can be asked. */
  boolean hasEnded() {
    return isClosed || failure != null;
  }

  /** Whether nothing was asked yet. */
  boolean isFresh() {
    return lastId.get() == 0;
  }

  private void dispatch(Wire wire, Frame frame) throws IOException {
    FrameType type = frame.type();
    if (frame.transfer() == 0) {
      throw type == FrameType.ERROR
          ? Wire.errorOf(frame)
          : WireException.violation(type + " came without a transfer id");
    }
    if (type == FrameType.CHUNK_ACK || type == FrameType.BATCH_ACK) {
      wire.giveCredit(frame.fields().number(Tag.CREDIT, 0, Limits.WINDOW_LIMIT_BYTES));
    }
    agreed.requireAgreed(frame);
    Mailbox mailbox = mailboxes.get(frame.transfer());
    if (mailbox == null) {
      passOver(wire, frame);
    } else if (isBulk(type)) {
      handle(mailbox, wire, frame);
    } else {
      mailbox.put(frame);
      if (type == FrameType.ERROR) {
        mailbox.bulk().failed(Wire.errorOf(frame)); // who sends bulk does not look into the mailbox
      }
    }
  }

  private static boolean isBulk(FrameType type) {
    return switch (type) {
      case CHUNK, CHUNK_ACK, BATCH, BATCH_ACK -> true;
      default -> false;
    };
  }

  private void handle(Mailbox mailbox, Wire wire, Frame frame) throws IOException {
    try {
      mailbox.bulk().take(wire, frame);
    } catch (LostException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      mailbox.fail(e instanceof IOException io ? io : new IOException("the client failed", e));
      if (e instanceof WireException broken && broken.code().endsSession()) {
        throw broken;
      }
    }
  }

  // of an exchange that ended a moment ago
  private void passOver(Wire wire, Frame frame) throws IOException {
    if (frame.transfer() > lastId.get() || frame.transfer() < 0) {
      throw WireException.violation(
          frame.type() + " came for transfer " + frame.transfer() + ", which never began");
    }
    if (frame.type() == FrameType.CHUNK) {
      ChunkReceiver.passOver(wire, frame);
    } else if (frame.type() == FrameType.BATCH) {
      BatchAck.of(BatchAck.ENDED).send(wire, frame.transfer(), BatchAck.credit(frame));
    }
  }

  private void lost(Wire wire, IOException why) {
    if (wire == home) {
      failure = why;
      for (ClientLink link : links) {
        close(link, why);
      }
      mailboxes.values().forEach(each -> each.fail(why));
    } else {
      if (!isClosed && failure == null) { // else it went with the session
        LOG.info("event=stream-lost stream={} reason=\"{}\"", wire.stream(), why.getMessage());
      }
      links.removeIf(link -> link.wire() == wire);
      mailboxes.values().forEach(each -> each.bulk().lost(wire));
    }
  }

  private static void close(ClientLink link, IOException why) {
    try {
      link.close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  List<FileEntry> list(String directory, boolean isRecursive) throws IOException {
    List<FileEntry> all = new ArrayList<>();
    list(directory, isRecursive, all::addAll);
    return all;
  }

  /** Takes the pages of a listing. */
  @FunctionalInterface
  interface Pages {
    void take(List<FileEntry> page) throws IOException;
  }

  /** Lists page by page; a page is asked for when one was taken. */
  void list(String directory, boolean isRecursive, Pages pages) throws IOException {
    Mailbox listing = begin(Mailbox.NO_BULK);
    try {
      listing
          .wire()
          .send(
              FrameType.LIST,
              isRecursive ? FrameType.RECURSIVE : 0,
              listing.id(),
              new FieldsBuilder().text(Tag.PATH, directory).number(Tag.CREDIT, PAGES_AHEAD));
      Frame page = listing.take(FrameType.ENTRIES, patience());
      while (page.has(FrameType.MORE)) {
        pages.take(Entries.read(page));
        listing
            .wire()
            .send(FrameType.NEXT, listing.id(), new FieldsBuilder().number(Tag.CREDIT, 1));
        page = listing.take(FrameType.ENTRIES, patience());
      }
      pages.take(Entries.read(page));
    } finally {
      end(listing);
    }
  }

  FileEntry stat(String path) throws IOException {
    Mailbox asked = begin(Mailbox.NO_BULK);
    try {
      asked.wire().send(FrameType.STAT, asked.id(), new FieldsBuilder().text(Tag.PATH, path));
      List<FileEntry> found = Entries.read(asked.take(FrameType.ENTRIES, patience()));
      if (found.size() != 1) {
        throw WireException.violation("STAT was answered with " + found.size() + " entries");
      }
      return found.get(0);
    } finally {
      end(asked);
    }
  }

  /** Sends a request that is answered with DONE. */
  void request(FrameType type, int flags, FieldsBuilder fields) throws IOException {
    Mailbox asked = begin(Mailbox.NO_BULK);
    try {
      asked.wire().send(type, flags, asked.id(), fields);
      asked.take(FrameType.DONE, patience());
    } finally {
      end(asked);
    }
  }

  /**
   * Ends an exchange at the server too, and waits until it has.
   *
   * @param isOfNoUse whether what the server received of it is deleted
   * @param cause is told what goes wrong meanwhile
   */
  void abort(Mailbox mailbox, boolean isOfNoUse, Exception cause) {
    try {
      mailbox
          .wire()
          .send(
              FrameType.ABORT,
              isOfNoUse ? FrameType.DISCARD : 0,
              mailbox.id(),
              new FieldsBuilder());
      Frame answer = mailbox.take("DONE", patience());
      while (answer.type() != FrameType.DONE) {
        answer = mailbox.take("DONE", patience());
      }
    } catch (IOException e) {
      if (e != cause) { // what failed the exchange is also what its mailbox throws
        cause.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    joining.cancel();
    IOException first = null;
    for (ClientLink link : links) {
      try {
        link.close();
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
