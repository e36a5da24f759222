package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Patience;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One try at a relay, over one session with each server.
 *
 * <pre>
 * source                  here                   target
 *   <------------- OPEN
 *   OFFER --------->      OFFER, other path ------->
 *   <------------- HAVE   <------------------- HAVE
 *   CHUNK --------->      CHUNK ------------------->
 *   <-------- CHUNK_ACK   <-------------- CHUNK_ACK
 *   COMMIT -------->      COMMIT ------------------>
 *   <-------- COMMITTED   <-------------- COMMITTED
 * </pre>
 *
 * A chunk is read from the source when there is credit for it at the target; one that came damaged
 * is not passed on but asked for again here.
 */
final class RelayTry {
  private final ClientSession here;
  private final ClientSession there;
  private final Offer.Terms terms;
  private final boolean preserveMode;
  private final Expectation expected;
  private final Call call;
  private final Map<Integer, Long> costs = new ConcurrentHashMap<>();
  private final AtomicLong passedBytes = new AtomicLong();
  private boolean isOffered;
  private volatile @Nullable Mailbox atSource;
  private volatile @Nullable Mailbox atTarget;

  /** What went wrong was at the target, so that another connection to the source is no help. */
  static final class TargetFailedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException failure;

    TargetFailedException(IOException failure) {
      super(failure);
      this.failure = failure;
    }

    IOException failure() {
      return failure;
    }
  }

  private interface AtTarget<T> {
    T act() throws IOException;
  }

  /**
   * Prepares.
   *
   * @param here the session with the source
   * @param there the session with the target
   * @param expected what the content must have, else nothing is published
   */
  RelayTry(
      ClientSession here,
      ClientSession there,
      Offer.Terms terms,
      boolean preserveMode,
      Expectation expected,
      Call call) {
    this.expected = expected;
    this.preserveMode = preserveMode;
    this.here = here;
    this.there = there;
    this.terms = terms;
    this.call = call;
  }

  private static <T> T atTarget(AtTarget<T> work) throws IOException {
    try {
      return work.act();
    } catch (LostException | WireException e) {
      throw new TargetFailedException(e);
    }
  }

  Outcome run(String from, String to) throws IOException {
    if (here.has(Hello.ZERO_CHUNKS) && !there.has(Hello.ZERO_CHUNKS)) {
      throw new TargetFailedException(
          new WireException(ErrorCode.UNSUPPORTED, "the target does not take zero-chunks"));
    }
    if (here.has(Hello.ZSTD) && !there.has(Hello.ZSTD)) {
      throw new TargetFailedException(
          new WireException(ErrorCode.UNSUPPORTED, "the target does not take zstd"));
    }
    Mailbox source = here.begin(new Arrivals());
    atSource = source;
    try {
      Mailbox target = atTarget(() -> there.begin(new Departures()));
      atTarget = target;
      try {
        return copy(source, from, target, to);
      } catch (IOException e) {
        if (isOffered && !(e instanceof TargetFailedException)) {
          there.abort(target, false, e);
        }
        throw e;
      } finally {
        there.end(target);
      }
    } finally {
      here.end(source);
    }
  }

  private Outcome copy(Mailbox source, String from, Mailbox target, String to) throws IOException {
    source
        .wire()
        .send(FrameType.OPEN, source.id(), terms.addTo(new FieldsBuilder().text(Tag.PATH, from)));
    Offer told = Offer.read(source.take(FrameType.OFFER, here.patience()));
    Offer plain =
        new Offer(to, told.source(), preserveMode ? told.mode() : OptionalInt.empty(), terms);
    Offer offer = call.wasCommitted() ? plain.repeated() : plain;
    HaveList have = atTarget(() -> offered(offer, target));
    atTarget(
        () -> {
          expected.requireRead(have);
          return have;
        });
    have.send(source.wire(), source.id());
    long size = told.source().sizeBytes();
    if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
      return Outcome.unread(size, there.tls());
    }
    call.begin();
    Frame commit = source.take(FrameType.COMMIT, here.patience());
    requireExpected(commit, source, target);
    List<String> digests = commit.fields().texts(Tag.DIGEST);
    Committed committed = atTarget(() -> committed(target, digests, size));
    tell(committed, source);
    boolean isSkipped = committed.wasThere() && !offer.terms().isRepeat();
    return new Outcome(
        size,
        committed.digests(),
        committed.level(),
        isSkipped,
        isSkipped ? 0 : Math.max(0, size - passedBytes.get()),
        Optional.empty(),
        there.tls());
  }

  // what the source says it has sent is compared with what arrived by the target, in COMMIT
  private void requireExpected(Frame commit, Mailbox source, Mailbox target) throws IOException {
    try {
      expected.requireIn(commit);
    } catch (TransferException.Integrity e) {
      there.abort(target, true, e);
      here.abort(source, false, e);
      throw e;
    }
  }

  private HaveList offered(Offer offer, Mailbox target) throws IOException {
    isOffered = true; // from now on the target knows of it
    offer.send(target.wire(), target.id());
    HaveList.Pages pages = new HaveList.Pages(offer.layout().chunkCount(), terms.identity());
    HaveList have = null;
    while (have == null) {
      have = pages.add(target.take(FrameType.HAVE, there.patience()));
    }
    return have;
  }

  private Committed committed(Mailbox target, List<String> digests, long size) throws IOException {
    call.committing();
    target
        .wire()
        .send(FrameType.COMMIT, target.id(), new FieldsBuilder().texts(Tag.DIGEST, digests));
    Committed committed =
        Committed.read(target.takeWithin(FrameType.COMMITTED, Patience.forFile(size)));
    List<String> answered = committed.digests().stream().map(Object::toString).toList();
    if (!answered.containsAll(digests)) {
      throw WireException.violation(
          "the target committed " + answered + " where the source sent " + digests);
    }
    return committed;
  }

  // The file is there whether the source hears of it or not.
  private void tell(Committed committed, Mailbox source) throws IOException {
    try {
      committed.send(source.wire(), source.id());
    } catch (LostException e) {
      here.close();
    }
  }

  /** Chunks come from the source. */
  private final class Arrivals implements Mailbox.Bulk {
    @Override
    public void take(Wire on, Frame frame) throws IOException {
      if (frame.type() != FrameType.CHUNK) {
        throw WireException.violation(frame.type() + " came from the source of a relay");
      }
      int index = frame.payload().getInt(0);
      long cost = Math.max(frame.body().bytes().remaining(), (long) Limits.CHUNK_LEAST_COST_BYTES);
      if (!frame.body().isIntact()) {
        acknowledge(on, frame.transfer(), index, ChunkReceiver.STATUS_DAMAGED, cost);
        return;
      }
      costs.put(index, cost);
      atTarget(() -> pass(frame, cost));
      passedBytes.addAndGet(frame.payload().getInt(4));
      call.progressed();
    }

    private boolean pass(Frame frame, long cost) throws IOException {
      Mailbox target = atTarget;
      if (target == null) {
        throw WireException.violation("a chunk came before HAVE");
      }
      Wire.Bulk bulk = new Wire.Bulk(frame.payload(), frame.body().bytes(), frame.body().crc32c());
      int flags = frame.flags() & ~(FrameType.BULK | FrameType.CRITICAL | FrameType.STARVED);
      return target.wire().sendBulk(FrameType.CHUNK, flags, target.id(), bulk, cost);
    }

    @Override
    public void failed(IOException why) {}

    @Override
    public void lost(Wire stream) {}
  }

  /** Acknowledgements come from the target. */
  private final class Departures implements Mailbox.Bulk {
    @Override
    public void take(Wire on, Frame frame) throws IOException {
      if (frame.type() != FrameType.CHUNK_ACK) {
        throw WireException.violation(frame.type() + " came from the target of a relay");
      }
      int index = (int) frame.fields().number(Tag.INDEX, 0, Integer.MAX_VALUE);
      int status = (int) frame.fields().number(Tag.STATUS, 0, 3);
      if (status == ChunkReceiver.STATUS_ENDED) {
        return; // the ERROR that ended it says why
      }
      Long cost = costs.remove(index);
      if (cost == null) {
        throw WireException.violation("chunk " + index + " is acknowledged but not on the way");
      }
      call.progressed();
      Mailbox source = atSource;
      if (source == null) {
        return;
      }
      try {
        acknowledge(source.wire(), source.id(), index, status, cost);
      } catch (LostException e) {
        source.fail(e);
      }
    }

    @Override
    public void failed(IOException why) {
      Mailbox source = atSource;
      if (source != null) {
        source.fail(new TargetFailedException(why));
      }
    }

    @Override
    public void lost(Wire stream) {}
  }

  private static void acknowledge(Wire wire, long transfer, int index, int status, long credit)
      throws IOException {
    wire.send(
        FrameType.CHUNK_ACK,
        transfer,
        new FieldsBuilder()
            .number(Tag.INDEX, index)
            .number(Tag.STATUS, status)
            .number(Tag.CREDIT, credit));
  }
}
