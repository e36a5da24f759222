package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One try at a download over one session: OPEN, and then an upload the other way round.
 *
 * <pre>
 * client                                   server
 *   OPEN path ----------------------------->
 *   <----------- OFFER source identity
 *   HAVE what is there already ------------>
 *   <----------- CHUNK, CHUNK, ...
 *   CHUNK_ACK well or damaged, credit ----->
 *   <----------- COMMIT digests
 *   COMMITTED digests, level -------------->
 * </pre>
 */
final class ClientDownload implements Mailbox.Bulk {
  private final ClientSession session;
  private final String path;
  private final Offer.Terms terms;
  private final Target target;
  private final LongFunction<ProgressReporter> reporters;
  private final Call call;
  private final boolean preserveMode;
  private final Expectation expected;
  private final Traffic traffic;
  private volatile @Nullable Receiving receiving;
  private volatile @Nullable Crew crew;

  /** A file that arrives. */
  private record Receiving(ChunkReceiver receiver, ProgressReporter progress, long thereBytes) {}

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
      Call call,
      boolean preserveMode,
      Traffic traffic) {
    this(session, path, terms, target, reporters, call, preserveMode, Expectation.NONE, traffic);
  }

  /**
   * Prepares a try.
   *
   * @param reporters makes a reporter for a file of a given size
   * @param expected what the content must have, else nothing is published
   */
  ClientDownload(
      ClientSession session,
      String path,
      Offer.Terms terms,
      Target target,
      LongFunction<ProgressReporter> reporters,
      Call call,
      boolean preserveMode,
      Expectation expected,
      Traffic traffic) {
    this.expected = expected;
    this.session = session;
    this.path = path;
    this.terms = terms;
    this.target = target;
    this.reporters = reporters;
    this.call = call;
    this.preserveMode = preserveMode;
    this.traffic = traffic;
  }

  Outcome run() throws IOException {
    Mailbox mailbox = session.begin(this);
    try {
      Wire wire = mailbox.wire();
      wire.send(
          FrameType.OPEN,
          terms.flags() & FrameType.DELTA,
          mailbox.id(),
          terms.addTo(new FieldsBuilder().text(Tag.PATH, path)));
      Offer told = Offer.read(mailbox.take(FrameType.OFFER, session.patience()));
      OptionalInt mode = preserveMode ? told.mode() : OptionalInt.empty();
      return receive(mailbox, new Offer(path, told.source(), mode, terms));
    } finally {
      session.end(mailbox);
    }
  }

  private Outcome receive(Mailbox mailbox, Offer offer) throws IOException {
    Wire wire = mailbox.wire();
    long size = offer.source().sizeBytes();
    try (ChunkReceiver receiver = new ChunkReceiver(wire, mailbox.id(), offer, target, traffic)) {
      HaveList have = receiver.have();
      long there = have.leaves().known().bytes(ChunkLayout.of(size));
      receiving = new Receiving(receiver, reporters.apply(size), there);
      receiver.tell();
      if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
        return Outcome.unread(size, session.tls());
      }
      call.begin();
      Frame commit = pulled(mailbox, offer, have, receiver);
      reporters.apply(size).at(Phase.VERIFYING, size);
      requireExpected(commit, mailbox, receiver);
      Committed committed = receiver.commit(commit);
      tell(committed, mailbox);
      boolean isSkipped = committed.wasThere();
      return new Outcome(
          size,
          committed.digests(),
          committed.level(),
          isSkipped,
          isSkipped ? 0 : Math.max(0, size - receiver.receivedBytes()),
          Optional.of(receiver.publishedName()),
          session.tls());
    } catch (LostException | WireException e) {
      throw e;
    } catch (IOException e) {
      session.abort(mailbox, false, e);
      throw e;
    }
  }

  private void requireExpected(Frame commit, Mailbox mailbox, ChunkReceiver receiver)
      throws IOException {
    try {
      expected.requireIn(commit);
    } catch (TransferException.Integrity e) {
      receiver.discard();
      session.abort(mailbox, false, e);
      throw e;
    }
  }

  private Frame pulled(Mailbox mailbox, Offer offer, HaveList have, ChunkReceiver receiver)
      throws IOException {
    boolean takesStreams = have.basis() == HaveList.Basis.PART && terms.plain().isEmpty();
    StreamTuner tuner = session.tuner(takesStreams ? offer.layout().chunkCount() : 1);
    try (Crew started =
        Crew.start(
            session,
            tuner,
            receiver::receivedBytes,
            (own, on) -> on.send(FrameType.PULL, mailbox.id(), new FieldsBuilder()))) {
      crew = started;
      Frame commit = commit(mailbox, receiver);
      call.complete();
      session.learn(started.best());
      return commit;
    }
  }

  private Frame commit(Mailbox mailbox, ChunkReceiver receiver) throws IOException {
    try {
      return mailbox.take(FrameType.COMMIT, session.patience());
    } catch (WireException e) {
      if (e.code() == ErrorCode.SOURCE_CHANGED) {
        receiver.discard(); // another version has another part file
      }
      throw e;
    }
  }

  // The file is here whether the server hears of it or not.
  private void tell(Committed committed, Mailbox mailbox) throws IOException {
    try {
      committed.send(mailbox.wire(), mailbox.id());
    } catch (LostException e) {
      session.close();
    }
  }

  @Override
  public void take(Wire on, Frame frame) throws IOException {
    Receiving now = receiving;
    if (frame.type() != FrameType.CHUNK || now == null) {
      throw WireException.violation(frame.type() + " came for a download before HAVE");
    }
    try {
      now.receiver.chunk(on, frame);
    } catch (IOException e) {
      if (!(e instanceof WireException ending && ending.code().endsSession())) {
        // its credit goes back all the same, for what else goes over this connection
        ChunkReceiver.passOver(on, frame);
      }
      throw e;
    }
    call.progressed();
    long bytes = now.thereBytes + now.receiver.receivedBytes();
    synchronized (now) {
      now.progress.at(Phase.TRANSFERRING, Math.min(now.receiver.sizeBytes(), bytes));
    }
  }

  @Override
  public void failed(IOException why) {}

  @Override
  public void lost(Wire stream) {
    Crew own = crew;
    if (own != null) {
      own.left(stream, new LostException("closed"));
    }
  }
}
