package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.PartFileBusyException;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
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
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what arrives over one connection of a session. */
final class Requests implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final Duration LISTING_REST = Duration.ofMinutes(10);
  private static final int TAKE_OVER_TRIES = 50;
  private static final long TAKE_OVER_PAUSE_MILLIS = 20;

  private final Wire wire;
  private final ServerSession session;
  private final ServerTransfers transfers;
  private final ServerFiles files;
  private final ServerConnection.Surroundings surroundings;
  private final ExchangeGuard guard;
  private final SmallFiles smallFiles;

  Requests(Wire wire, ServerSession session, ServerConnection.Surroundings surroundings) {
    this.wire = wire;
    this.session = session;
    this.transfers = session.transfers();
    this.files = new ServerFiles(session.root());
    this.surroundings = surroundings;
    this.guard = new ExchangeGuard(wire, session, surroundings.workers());
    this.smallFiles = new SmallFiles(wire, session, surroundings.workers(), guard);
  }

  /** The last word is being said: nothing is answered any more, and nobody else closes. */
  void ending() {
    guard.ending();
  }

  boolean isAtRest() {
    return session.isAtRest();
  }

  /**
   * Answers a frame.
   *
   * @throws IOException what ends the connection
   */
  void handle(Frame frame) throws IOException {
    if (!guard.isEnding()) {
      guard.guarded(frame, () -> dispatch(frame));
    }
  }

  private void dispatch(Frame frame) throws IOException {
    session.requireAgreed(frame);
    requireAllowed(frame);
    switch (frame.type()) {
      case OFFER -> {
        guard.begin(frame);
        offer(frame);
      }
      case OPEN -> {
        guard.begin(frame);
        ServerDownload download = ServerDownload.open(wire, frame, session);
        transfers.add(frame.transfer(), download);
        download.offer().send(wire, frame.transfer());
      }
      case LIST -> {
        guard.begin(frame);
        list(frame);
      }
      case HAVE -> have(frame);
      case BASE -> {
        ServerDownload download = transfers.find(frame, ServerDownload.class);
        if (download != null) {
          download.base(frame);
        }
      }
      case PULL -> pull(frame);
      case CHUNK -> chunk(frame);
      case CHUNK_ACK -> acknowledged(frame);
      case COMMIT -> commit(frame);
      case COMMITTED -> {
        if (transfers.find(frame, ServerDownload.class) != null) {
          transfers.end(frame.transfer());
        }
      }
      case ABORT -> abort(frame);
      case NEXT -> {
        ServerListing listing = transfers.find(frame, ServerListing.class);
        if (listing != null) {
          listing.next(frame);
        }
      }
      case ERROR -> ended(frame);
      case TICKETS -> tickets(frame);
      case BATCH -> smallFiles.batch(frame);
      case BATCH_ACK -> smallFiles.acknowledged(frame);
      case QUERY -> smallFiles.query(frame);
      case FETCH -> smallFiles.fetch(frame);
      case STAT, RENAME, DELETE, MKDIR -> simple(frame);
      default -> throw WireException.violation(frame.type() + " came after login");
    }
  }

  /** Lets go of the connection's directories. */
  @Override
  public void close() {
    smallFiles.close();
  }

  // in one place, whatever is asked for: may this user, and is the server still taking requests?
  private void requireAllowed(Frame frame) throws IOException {
    if (Permission.required(frame.type()).isEmpty()) {
      return;
    }
    try {
      session.requirePermission(frame.type());
      if (surroundings.isDraining().getAsBoolean()) {
        throw ServerConnection.draining();
      }
    } catch (WireException e) {
      transfers.begin(frame.transfer()); // what is still sent for it is late, not out of place
      if (frame.type() == FrameType.BATCH) {
        giveBack(frame);
      }
      throw e;
    }
  }

  // every bulk frame is acknowledged, or the connection would dry up
  private void giveBack(Frame frame) throws IOException {
    BatchAck.of(BatchAck.ENDED).send(wire, frame.transfer(), BatchAck.credit(frame));
  }

  private void offer(Frame frame) throws IOException {
    Offer offer = Offer.read(frame);
    long id = frame.transfer();
    Pending pending = new Pending(offer.path());
    transfers.add(id, pending);
    guard.later(
        frame,
        () -> {
          ServerUpload upload = takingOver(id, offer);
          HaveList have = upload.receiver().have();
          if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
            transfers.end(id);
            upload.close();
          } else {
            transfers.become(id, pending, upload);
          }
          upload.receiver().tell();
        });
  }

  // the same client may still hold the part file in a session that it has lost
  private ServerUpload takingOver(long id, Offer offer) throws IOException {
    try {
      return ServerUpload.begin(wire, id, offer, session);
    } catch (PartFileBusyException e) {
      // when there is no such session, it may have ended since: that is worth one more look
      int tries = surroundings.sessions().endOlder(session) ? TAKE_OVER_TRIES : 1;
      return beginAgain(id, offer, tries);
    }
  }

  private ServerUpload beginAgain(long id, Offer offer, int tries) throws IOException {
    for (int left = tries; ; left--) {
      try {
        return ServerUpload.begin(wire, id, offer, session);
      } catch (PartFileBusyException e) {
        if (left <= 1) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(TAKE_OVER_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostException("interrupted");
    }
  }

  private void have(Frame frame) throws IOException {
    ServerDownload download = transfers.find(frame, ServerDownload.class);
    HaveList have = download == null ? null : download.have(frame);
    if (download == null || have == null) {
      return;
    }
    if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
      transfers.end(frame.transfer());
      return;
    }
    guard.later(
        frame, () -> download.send(have, session.has(Hello.ZERO_CHUNKS), session.has(Hello.ZSTD)));
  }

  private void pull(Frame frame) throws IOException {
    ServerDownload download = transfers.find(frame, ServerDownload.class);
    if (download != null) {
      download.whenSending(wire, () -> guard.later(frame, () -> pull(download)));
    }
  }

  // what a further stream loses goes over another; the download does not end with it
  private void pull(ServerDownload download) throws IOException {
    try {
      download.pull(wire);
    } catch (LostException e) {
      LOG.info("event=stream-lost user={} reason=\"{}\"", session.user(), e.getMessage());
      wire.close();
    } catch (WireException e) {
      if (e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
      LOG.info("event=stream-unused user={} reason=\"{}\"", session.user(), e.getMessage());
    }
  }

  private void chunk(Frame frame) throws IOException {
    ServerUpload upload = transfers.find(frame, ServerUpload.class);
    if (upload == null) {
      transfers.passOver(wire, frame);
      return;
    }
    try {
      upload.receiver().chunk(wire, frame);
    } catch (IOException e) {
      if (!(e instanceof WireException ending && ending.code().endsSession())) {
        // its credit goes back all the same, or the connection would dry up
        ChunkReceiver.passOver(wire, frame);
      }
      throw e;
    }
  }

  private void acknowledged(Frame frame) throws IOException {
    ServerDownload download = transfers.find(frame, ServerDownload.class);
    if (download != null) {
      download.acknowledged(frame);
    }
  }

  private void commit(Frame frame) throws IOException {
    Committed before = transfers.remembered(frame.transfer());
    if (before != null) {
      before.send(wire, frame.transfer());
      return;
    }
    ServerUpload upload = transfers.find(frame, ServerUpload.class);
    if (upload != null && upload.commits()) { // one answer serves who says it twice
      guard.later(
          frame,
          () -> {
            Committed done = upload.commit(frame);
            transfers.remember(frame.transfer(), done);
            transfers.end(frame.transfer());
            done.send(wire, frame.transfer());
          });
    }
  }

  private void abort(Frame frame) throws IOException {
    ServerTransfers.Exchange found = transfers.find(frame, ServerTransfers.Exchange.class);
    if (found instanceof ServerUpload upload && frame.has(FrameType.DISCARD)) {
      upload.receiver().discard();
    }
    transfers.end(frame.transfer());
    done(frame);
  }

  // the client gives an exchange up, or everything
  private void ended(Frame frame) throws IOException {
    WireException said = Wire.errorOf(frame);
    if (frame.transfer() == 0) {
      throw said;
    }
    LOG.info(
        "event=exchange-given-up user={} code={} reason=\"{}\"",
        session.user(),
        said.code(),
        said.getMessage());
    transfers.end(frame.transfer());
  }

  private void list(Frame frame) throws IOException {
    if (transfers.count(ServerListing.class) >= Limits.OPEN_LISTINGS) {
      throw new WireException(
          ErrorCode.BUSY,
          Limits.OPEN_LISTINGS + " listings are open in this session; read one to its end first");
    }
    ServerListing listing = new ServerListing(wire, frame);
    transfers.add(frame.transfer(), listing);
    guard.later(
        frame,
        () -> {
          listing.run(files, LISTING_REST);
          transfers.end(frame.transfer());
        });
  }

  private void tickets(Frame frame) throws IOException {
    transfers.begin(frame.transfer());
    int wanted = (int) frame.fields().number(Tag.STREAMS, 1, Limits.STREAMS);
    wire.send(
        FrameType.TICKETS,
        frame.transfer(),
        new FieldsBuilder().texts(Tag.TICKET, session.issueTickets(wanted)));
  }

  private void simple(Frame frame) throws IOException {
    transfers.begin(frame.transfer());
    Fields fields = frame.fields();
    String path = fields.text(Tag.PATH);
    switch (frame.type()) {
      case STAT -> {
        Entries entries = new Entries(wire, frame.transfer(), () -> {});
        entries.add(files.stat(path));
        entries.end();
        return;
      }
      case RENAME -> files.rename(path, fields.text(Tag.TO));
      case DELETE -> {
        delete(frame, path);
        return;
      }
      default -> files.mkdir(path);
    }
    done(frame);
  }

  private void delete(Frame frame, String path) throws IOException {
    if (frame.has(FrameType.DIRECTORY)) {
      if (files.deleteDirectory(path)) {
        session.quota().countAnew();
      }
      done(frame);
      return;
    }
    if (!session.quota().isKept()) {
      files.delete(path);
      done(frame);
      return;
    }
    transfers.requireRoom();
    transfers.add(frame.transfer(), new Pending(path));
    guard.later(
        frame,
        () -> {
          session.quota().deleting(path, () -> files.delete(path));
          transfers.end(frame.transfer());
          done(frame);
        });
  }

  private void done(Frame frame) throws IOException {
    wire.send(FrameType.DONE, frame.transfer(), new FieldsBuilder());
  }

  /** An offer that is being looked at. */
  private record Pending(String path) implements ServerTransfers.Exchange {
    @Override
    public Duration patience(Duration atRest) {
      return atRest;
    }

    @Override
    public void close() {}
  }
}
