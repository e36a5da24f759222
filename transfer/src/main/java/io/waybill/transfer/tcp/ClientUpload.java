package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.Use;
import io.waybill.transfer.file.ChunkSource;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.tcp.exchange.BaseList;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.ChunkSender;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Patience;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One try at an upload over one session; a first try and a resumed one are the same.
 *
 * <pre>
 * client                                   server
 *   OFFER path, source identity ----------->
 *   <----------- HAVE what is there already
 *   CHUNK, CHUNK, ... --------------------->
 *   <----------- CHUNK_ACK well or damaged, credit back
 *   COMMIT digests ------------------------>
 *   <----------- COMMITTED digests, level
 * </pre>
 */
final class ClientUpload implements Mailbox.Bulk {
  private final ClientSession session;
  private final ChunkSource source;
  private final boolean isInOrder;
  private final Offer offer;
  private final ProgressReporter progress;
  private final Call call;
  private final Use compression;
  private final Expectation expected;
  private final Traffic traffic;
  private final AtomicLong arrivedBytes = new AtomicLong();
  private volatile @Nullable ChunkSender sender;

  /**
   * Prepares a try.
   *
   * @param isInOrder whether the source is read from begin to end, so that one stream carries it
   * @param expected what the content must have, else nothing is published
   */
  ClientUpload(
      ClientSession session,
      ChunkSource source,
      boolean isInOrder,
      Offer offer,
      Expectation expected,
      Use compression,
      ProgressReporter progress,
      Call call,
      Traffic traffic) {
    this.expected = expected;
    this.session = session;
    this.source = source;
    this.isInOrder = isInOrder;
    this.offer = offer;
    this.progress = progress;
    this.call = call;
    this.compression = session.has(Hello.ZSTD) ? compression : Use.NEVER;
    this.traffic = traffic;
  }

  Outcome run() throws IOException {
    Mailbox mailbox = session.begin(this);
    Wire wire = mailbox.wire();
    ByteBuffer buffer = wire.chunks().take(offer.layout().chunkBytes(), wire.idle());
    try {
      offer.send(wire, mailbox.id());
      BaseList base = new BaseList(offer);
      HaveList have = have(mailbox, base);
      expected.requireRead(have);
      if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
        return Outcome.unread(offer.source().sizeBytes(), session.tls());
      }
      call.begin();
      ChunkSender.Means means =
          new ChunkSender.Means(session.has(Hello.ZERO_CHUNKS), compression, base, traffic);
      ChunkSender sending = new ChunkSender(mailbox.id(), offer, source, have, means, buffer);
      sender = sending;
      List<Digest> sent = stream(sending, mailbox, buffer);
      progress.at(Phase.VERIFYING, offer.source().sizeBytes());
      return outcome(committed(mailbox, sent), sending);
    } finally {
      wire.chunks().give(buffer);
      session.end(mailbox);
    }
  }

  private HaveList have(Mailbox mailbox, BaseList base) throws IOException {
    HaveList.Pages pages =
        new HaveList.Pages(offer.layout().chunkCount(), offer.terms().identity());
    HaveList have = null;
    while (have == null) {
      Frame frame = mailbox.take("HAVE", session.patience());
      switch (frame.type()) {
        case BASE -> base.add(frame);
        case HAVE -> have = pages.add(frame);
        default -> throw WireException.violation(frame.type() + " came where HAVE or BASE belongs");
      }
    }
    return have;
  }

  private List<Digest> stream(ChunkSender sending, Mailbox mailbox, ByteBuffer buffer)
      throws IOException {
    try {
      send(sending, mailbox, buffer);
      if (sending.hasEnded()) {
        throw unexplained(mailbox.take("ERROR", session.patience()));
      }
      call.committing();
      return sending.commit(mailbox.wire(), expected::require);
    } catch (TransferException.Integrity e) {
      session.abort(mailbox, true, e);
      throw e;
    } catch (WireException e) {
      if (e.code() == ErrorCode.SOURCE_CHANGED && !e.isFromPeer()) {
        session.abort(mailbox, true, e);
      }
      throw e;
    } catch (LostException e) {
      throw e;
    } catch (IOException e) {
      session.abort(mailbox, false, e); // the source cannot be read; the session may go on
      throw e;
    }
  }

  // an ERROR is thrown where it is taken
  private static WireException unexplained(Frame frame) {
    return WireException.violation(frame.type() + " came for an upload that the server has ended");
  }

  private void send(ChunkSender sending, Mailbox mailbox, ByteBuffer buffer) throws IOException {
    StreamTuner tuner =
        session.tuner(sending.takesStreams() && !isInOrder ? offer.layout().chunkCount() : 1);
    try (Crew crew =
        Crew.start(session, tuner, arrivedBytes::get, (own, on) -> sendOver(own, on, sending))) {
      try {
        sending.run(mailbox.wire(), buffer, this::passed);
      } catch (IOException | RuntimeException e) {
        sending.fail(new LostException("the transfer has ended"));
        throw e;
      }
      session.learn(crew.best());
    }
  }

  private void passed(long bytes) {
    call.alive();
    progress.at(Phase.TRANSFERRING, bytes);
  }

  private void sendOver(Crew crew, Wire wire, ChunkSender sending) throws IOException {
    ByteBuffer buffer = wire.chunks().take(offer.layout().chunkBytes(), wire.idle());
    try {
      sending.run(wire, buffer, passed -> crew.restIfTooMany(wire));
    } catch (RuntimeException e) {
      sending.fail(new IOException("the client failed", e));
      throw e;
    } finally {
      wire.chunks().give(buffer);
    }
  }

  private Committed committed(Mailbox mailbox, List<Digest> sent) throws IOException {
    Committed committed =
        Committed.read(
            mailbox.takeWithin(FrameType.COMMITTED, Patience.forFile(offer.source().sizeBytes())));
    if (!new HashSet<>(committed.digests()).containsAll(sent)) {
      throw WireException.violation(
          "the server committed " + committed.digests() + " where " + sent + " was sent");
    }
    if (committed.path().isPresent()) {
      requireBeside(committed.path().get());
    }
    return committed;
  }

  // the server may choose another name, not another place
  private void requireBeside(String path) throws WireException {
    int name = offer.path().lastIndexOf('/') + 1;
    if (offer.terms().policy() != TargetPolicy.RENAME
        || path.lastIndexOf('/') + 1 != name
        || !path.startsWith(offer.path().substring(0, name))) {
      throw WireException.violation("the server put " + offer.path() + " to " + path);
    }
  }

  private Outcome outcome(Committed committed, ChunkSender sending) {
    boolean isSkipped = committed.wasThere() && !offer.terms().isRepeat();
    return new Outcome(
        offer.source().sizeBytes(),
        committed.digests(),
        committed.level(),
        isSkipped,
        isSkipped ? 0 : sending.resumedBytes(),
        committed.path(),
        session.tls());
  }

  @Override
  public void take(Wire on, Frame frame) throws IOException {
    ChunkSender sending = sender;
    if (frame.type() != FrameType.CHUNK_ACK || sending == null) {
      throw WireException.violation(frame.type() + " came for an upload that has sent nothing");
    }
    if (sending.acknowledged(frame)) {
      if (frame.fields().number(Tag.STATUS) == ChunkReceiver.STATUS_OK) {
        int index = (int) frame.fields().number(Tag.INDEX);
        arrivedBytes.addAndGet(offer.layout().lengthOf(index));
      }
      call.progressed();
    }
  }

  @Override
  public void failed(IOException why) {
    ChunkSender sending = sender;
    if (sending != null) {
      sending.fail(why);
    }
  }

  @Override
  public void lost(Wire stream) {
    ChunkSender sending = sender;
    if (sending != null) {
      sending.lost(stream);
    }
  }
}
