package io.waybill.transfer.tcp;

import io.waybill.transfer.Integrity;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.OrderedChunks;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One try at reading a stretch of a file in order over one session: a download whose chunks are
 * handed on, and nothing is kept of.
 *
 * <pre>
 * client                                   server
 *   OPEN path ----------------------------->
 *   <----------- OFFER source identity
 *   HAVE chunks read before, and not wanted ->
 *   <----------- CHUNK, CHUNK, ...
 *   CHUNK_ACK once it is handed on -------->
 *   ABORT at the end of the stretch, or
 *   <----------- COMMIT digests, and COMMITTED
 * </pre>
 *
 * A HAVE must tell the digests of what it says is there, so only chunks that came before can be
 * left out; those before the stretch of which nothing is known yet come as well, are noted and
 * dropped.
 */
final class ClientRead implements Mailbox.Bulk {
  private final ClientSession session;
  private final Stretch stretch;
  private final Call call;
  private volatile @Nullable OrderedChunks chunks;

  /** What is to be read, over as many tries as it takes. */
  interface Stretch {
    /** The version of the file that is read. */
    Offer offer();

    /** What is known of the file; a try adds to it. */
    ChunkLeaves leaves();

    /** The first chunk that is wanted now; the number of chunks if none is. */
    int first();

    /** The last chunk that is wanted. */
    int last();

    /** What takes the bytes of the next chunk. */
    OrderedChunks.Sink sink(int index);

    /** Whether there is still somebody who wants it. */
    boolean isWanted();

    /** How long a sender that lives may send nothing; zero for ever. */
    Duration patience();
  }

  ClientRead(ClientSession session, Stretch stretch, Call call) {
    this.session = session;
    this.stretch = stretch;
    this.call = call;
  }

  /** Asks which version of a file there is. */
  static Offer look(ClientSession session, String path, Offer.Terms terms) throws IOException {
    Mailbox mailbox = session.begin(Mailbox.NO_BULK);
    try {
      Offer offer = open(mailbox, session, path, terms);
      decline(mailbox, offer);
      return offer;
    } finally {
      session.end(mailbox);
    }
  }

  private static Offer open(Mailbox mailbox, ClientSession session, String path, Offer.Terms terms)
      throws IOException {
    mailbox
        .wire()
        .send(FrameType.OPEN, mailbox.id(), terms.addTo(new FieldsBuilder().text(Tag.PATH, path)));
    Offer told = Offer.read(mailbox.take(FrameType.OFFER, session.patience()));
    return new Offer(path, told.source(), told.mode(), terms);
  }

  // ends the exchange without an answer
  private static void decline(Mailbox mailbox, Offer offer) throws IOException {
    new HaveList(
            HaveList.Basis.EQUAL_UNREAD,
            offer.terms().identity(),
            new ChunkLeaves(offer.layout().chunkCount()))
        .send(mailbox.wire(), mailbox.id());
  }

  /**
   * Reads.
   *
   * @return how the whole file compares with what the server says of it; empty if the stretch ended
   *     before the file did
   */
  Optional<OrderedChunks.Proof> run() throws IOException {
    Mailbox mailbox = session.begin(this);
    try {
      Offer wanted = stretch.offer();
      Offer offer = open(mailbox, session, wanted.path(), wanted.terms());
      if (!offer.source().equals(wanted.source())) {
        decline(mailbox, offer);
        throw new WireException(
            ErrorCode.SOURCE_CHANGED,
            "%s changed while it was copied; nothing was published, copy it when it is at rest"
                .formatted(wanted.path()));
      }
      HaveList have = have(wanted);
      try (OrderedChunks receiver = new OrderedChunks(wanted, have, stretch.leaves())) {
        chunks = receiver;
        have.send(mailbox.wire(), mailbox.id());
        call.begin();
        if (handOn(receiver, have, mailbox.wire())) {
          return Optional.of(proof(receiver, mailbox));
        }
      }
      giveUp(mailbox);
      return Optional.empty();
    } finally {
      session.end(mailbox);
    }
  }

  private HaveList have(Offer offer) {
    ChunkLeaves known = stretch.leaves();
    ChunkLeaves told = new ChunkLeaves(offer.layout().chunkCount());
    for (int i = 0; i < offer.layout().chunkCount(); i++) {
      if (!known.contains(i) || (i >= stretch.first() && i <= stretch.last())) {
        continue;
      }
      if (known.hasLeaf(i)) {
        told.set(i, known.crc32c(i), known.leaf(i));
      } else {
        told.set(i, known.crc32c(i));
      }
    }
    return new HaveList(HaveList.Basis.PART, offer.terms().identity(), told);
  }

  // false if the stretch ended before the file did
  private boolean handOn(OrderedChunks receiver, HaveList have, Wire wire) throws IOException {
    int count = stretch.offer().layout().chunkCount();
    for (int i = 0; i <= stretch.last(); i++) {
      boolean isTold = have.leaves().contains(i);
      if (!isTold
          && !receiver.handOn(i, wire, stretch.patience(), stretch::isWanted, stretch.sink(i))) {
        return false;
      }
    }
    return stretch.last() == count - 1;
  }

  private OrderedChunks.Proof proof(OrderedChunks receiver, Mailbox mailbox) throws IOException {
    OrderedChunks.Proof proof =
        receiver.compare(mailbox.take(FrameType.COMMIT, session.patience()));
    call.complete();
    if (!proof.holds()) {
      giveUp(mailbox);
      return proof;
    }
    boolean hasTree = stretch.offer().terms().identity() == Integrity.TREE;
    Verification level = hasTree ? Verification.DIGEST : Verification.SIZE;
    try {
      new Committed(List.of(proof.received()), level, false, Optional.empty())
          .send(mailbox.wire(), mailbox.id());
    } catch (LostException e) {
      session.close(); // all of it came, whether the server hears of that or not
    }
    return proof;
  }

  private void giveUp(Mailbox mailbox) {
    session.abort(mailbox, false, new LostException("the rest is not wanted"));
  }

  @Override
  public void take(Wire on, Frame frame) throws IOException {
    OrderedChunks receiver = chunks;
    if (frame.type() != FrameType.CHUNK || receiver == null) {
      throw WireException.violation(frame.type() + " came for a download before HAVE");
    }
    try {
      receiver.put(on, frame);
    } catch (IOException e) {
      if (!(e instanceof WireException ending && ending.code().endsSession())) {
        ChunkReceiver.passOver(on, frame); // its credit goes back all the same
      }
      throw e;
    }
    call.progressed();
  }

  @Override
  public void failed(IOException why) {
    OrderedChunks receiver = chunks;
    if (receiver != null) {
      receiver.fail(why);
    }
  }

  @Override
  public void lost(Wire stream) {}
}
