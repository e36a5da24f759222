package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.tcp.exchange.ChunkSender;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Patience;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * One try at an upload over one connection; a first try and a resumed one are the same.
 *
 * <pre>
 * client                                   server
 *   OFFER path, source identity ----------->
 *   <----------- HAVE what is there already, credit
 *   CHUNK, CHUNK, ... --------------------->
 *   <----------- CHUNK_ACK well or damaged, credit back
 *   COMMIT digests ------------------------>
 *   <----------- COMMITTED digests, level
 * </pre>
 */
final class ClientUpload {
  private final ClientSession session;
  private final SourceFile source;
  private final Offer offer;
  private final ProgressReporter progress;
  private final Call call;

  ClientUpload(
      ClientSession session, SourceFile source, Offer offer, ProgressReporter progress, Call call) {
    this.session = session;
    this.source = source;
    this.offer = offer;
    this.progress = progress;
    this.call = call;
  }

  Outcome run() throws IOException {
    Wire wire = session.wire();
    long size = offer.source().sizeBytes();
    Duration patience = wire.idle();
    long id = session.nextId();
    offer.send(wire, id);
    Frame first = session.reply(id, FrameType.HAVE, patience);
    HaveList have = HaveList.read(wire, first, offer.layout().chunkCount(), patience);
    if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
      return Outcome.unread(size);
    }
    call.begin();
    ChunkSender sender = new ChunkSender(wire, id, offer, source, have, session.useZeroChunks());
    List<Digest> sent = stream(sender, id);
    progress.at(Phase.VERIFYING, sender.passedBytes());
    Committed committed =
        Committed.read(session.reply(id, FrameType.COMMITTED, Patience.forFile(size)));
    if (!new HashSet<>(committed.digests()).containsAll(sent)) {
      throw WireException.violation(
          "the server committed " + committed.digests() + " where " + sent + " was sent");
    }
    boolean isSkipped = committed.wasThere() && !offer.terms().isRepeat();
    return new Outcome(
        offer.source().sizeBytes(),
        committed.digests(),
        committed.level(),
        isSkipped,
        isSkipped ? 0 : sender.resumedBytes());
  }

  private List<Digest> stream(ChunkSender sender, long id) throws IOException {
    try {
      while (!sender.isComplete()) {
        if (sender.canStep()) {
          sender.step();
          progress.at(Phase.TRANSFERRING, sender.passedBytes());
        } else {
          sender.acknowledged(session.reply(id, FrameType.CHUNK_ACK, session.wire().idle()));
          call.progressed();
        }
      }
      call.committing();
      return sender.commit();
    } catch (WireException e) {
      if (e.code() == ErrorCode.SOURCE_CHANGED && !e.isFromPeer()) {
        abort(id, e);
      }
      throw e;
    }
  }

  // The answer is waited for: closing with acknowledgements unread would throw the ABORT away.
  private void abort(long id, WireException cause) {
    try {
      Wire wire = session.wire();
      wire.send(FrameType.ABORT, FrameType.DISCARD, id, new FieldsBuilder());
      FrameType answer = FrameType.CHUNK_ACK;
      while (answer == FrameType.CHUNK_ACK) {
        answer = session.next(id, wire.idle(), FrameType.DONE.name()).type();
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
