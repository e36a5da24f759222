package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongFunction;

/**
 * One try at a download over one connection: OPEN, and then an upload the other way round.
 *
 * <pre>
 * client                                   server
 *   OPEN path ----------------------------->
 *   <----------- OFFER source identity
 *   HAVE what is there already, credit ---->
 *   <----------- CHUNK, CHUNK, ...
 *   CHUNK_ACK well or damaged, credit ----->
 *   <----------- COMMIT digests
 *   COMMITTED digests, level -------------->
 * </pre>
 */
final class ClientDownload {
  private final ClientSession session;
  private final String path;
  private final Offer.Terms terms;
  private final Target target;
  private final LongFunction<ProgressReporter> reporters;
  private final Call call;

  /**
   * Prepares a try.
   *
   * @param reporters makes a reporter for a file of a given size
   */
  ClientDownload(
      ClientSession session,
      String path,
      Offer.Terms terms,
      Target target,
      LongFunction<ProgressReporter> reporters,
      Call call) {
    this.session = session;
    this.path = path;
    this.terms = terms;
    this.target = target;
    this.reporters = reporters;
    this.call = call;
  }

  Outcome run() throws IOException {
    Wire wire = session.wire();
    long id = session.nextId();
    wire.send(FrameType.OPEN, id, terms.addTo(new FieldsBuilder().text(Tag.PATH, path)));
    Offer told = Offer.read(session.reply(id, FrameType.OFFER, wire.idle()));
    Offer offer = new Offer(path, told.source(), terms);
    long size = offer.source().sizeBytes();
    try (ChunkReceiver receiver = new ChunkReceiver(wire, id, offer, target)) {
      HaveList have = receiver.have();
      have.send(wire, id);
      if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
        return Outcome.unread(offer.source().sizeBytes());
      }
      call.begin();
      return receive(receiver, id, have, size);
    }
  }

  private Outcome receive(ChunkReceiver receiver, long id, HaveList have, long size)
      throws IOException {
    Duration patience = session.wire().idle();
    ProgressReporter progress = reporters.apply(size);
    long there = have.leaves().known().bytes(ChunkLayout.of(size));
    while (true) {
      Frame frame = session.next(id, patience, "CHUNK or COMMIT");
      if (frame.type() == FrameType.CHUNK) {
        receiver.chunk(frame);
        call.progressed();
        progress.at(Phase.TRANSFERRING, Math.min(size, there + receiver.receivedBytes()));
      } else if (frame.type() == FrameType.COMMIT) {
        progress.at(Phase.VERIFYING, size);
        Committed committed = receiver.commit(frame);
        tell(committed, id);
        boolean isSkipped = committed.wasThere();
        return new Outcome(
            size,
            committed.digests(),
            committed.level(),
            isSkipped,
            isSkipped ? 0 : Math.max(0, size - receiver.receivedBytes()));
      } else {
        throw WireException.violation(frame.type() + " came where CHUNK or COMMIT belongs");
      }
    }
  }

  // The file is here whether the server hears of it or not.
  private void tell(Committed committed, long id) throws IOException {
    try {
      committed.send(session.wire(), id);
    } catch (LostException e) {
      session.close();
    }
  }
}
