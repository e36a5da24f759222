package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.RelayStream;
import io.waybill.transfer.remote.UploadSource;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.OrderedChunks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@code waybill:} server that is sent elsewhere as it is read.
 *
 * <p>Each chunk is checked by its CRC32C before it goes on. What came is hashed, chunk by chunk,
 * and once every chunk has come, in whichever order and over however many sessions, the whole is
 * compared with the digest that the server computed from what it read, and sent when it had seen
 * the file unchanged: until then {@link #requireUnchanged} fails, or reads what is missing. That is
 * so on a resume, too: what a later process finds at the target is not believed, its bytes are read
 * here once more. What is not proven by this is that the target stored what went to it.
 */
final class WaybillSource implements UploadSource {
  private final SessionPool sessions;
  private final WaybillServer server;
  private final TransferOptions options;
  private final Operation operation;
  private final Offer offer;
  private final ChunkLeaves leaves;
  private @Nullable RelayStream stream;
  private AtomicBoolean isStreamWanted = new AtomicBoolean();
  private volatile OrderedChunks.@Nullable Proof proof;
  private volatile TransferException.@Nullable Integrity changed;
  private final AtomicInteger reconnects = new AtomicInteger();

  private WaybillSource(
      SessionPool sessions,
      WaybillServer server,
      TransferOptions options,
      Operation operation,
      Offer offer) {
    this.sessions = sessions;
    this.server = server;
    this.options = options;
    this.operation = operation;
    this.offer = offer;
    this.leaves = new ChunkLeaves(offer.layout().chunkCount());
  }

  // what is to become of the target is not this server's business
  private static Offer.Terms terms(TransferOptions options) {
    return new Offer.Terms(
        TargetPolicy.REPLACE, Verification.SIZE, options.integrity(), Optional.empty(), 0);
  }

  /** Looks at the file. */
  static WaybillSource open(
      SessionPool sessions, WaybillServer server, String path, TransferOptions options) {
    Offer.Terms terms = terms(options);
    // that nothing is taken may be due to the target, so no stall is seen here but by who waits
    Operation operation = new Operation(options.toBuilder().stallTimeout(Duration.ZERO).build());
    Call call = Call.repeatable("reading of " + path, path);
    operation.begin();
    try {
      Offer offer =
          ask(sessions, operation, call, session -> ClientRead.look(session, path, terms));
      WaybillSource source = new WaybillSource(sessions, server, options, operation, offer);
      source.reconnects.addAndGet(call.reconnects());
      return source;
    } catch (RuntimeException e) {
      operation.end();
      throw e;
    }
  }

  private static <T> T ask(
      SessionPool sessions, Operation operation, Call call, Reconnector.Work<T> work) {
    try {
      return sessions.retrying(operation, call, work);
    } catch (IOException e) {
      throw new IllegalStateException("only local files fail so, and none is involved", e);
    }
  }

  @Override
  public SourceIdentity identity() {
    return offer.source();
  }

  @Override
  public OptionalInt mode() {
    return offer.mode();
  }

  @Override
  public Location location() {
    return TcpTransfer.location(server, offer.path());
  }

  @Override
  public String place() {
    return server.user() + " " + location();
  }

  @Override
  public ByteSupply from(long offset) {
    endStream();
    AtomicBoolean isWanted = new AtomicBoolean(true);
    changed = null;
    RelayStream next =
        new RelayStream(sink -> readOn(new Part(offset, identity().sizeBytes(), sink, isWanted)));
    isStreamWanted = isWanted;
    stream = next;
    return next;
  }

  // what is found wrong once all is there is said when it is asked: the target then lets go of it
  private void readOn(Part part) {
    try {
      read(part);
    } catch (TransferException.Integrity e) {
      if (part.at < part.to) {
        throw e;
      }
      changed = e;
    }
  }

  private void endStream() {
    RelayStream last = stream;
    stream = null;
    if (last != null) {
      isStreamWanted.set(false); // a sender that is silent is not waited for
      last.close();
    }
  }

  @Override
  public void read(long from, long to, ByteSink sink) {
    endStream();
    if (to > from) {
      read(new Part(from, to, sink, new AtomicBoolean(true)));
    }
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    if (algorithm != Digest.Algorithm.SHA_256_TREE) {
      PlainDigest digest = new PlainDigest(algorithm);
      read(
          0,
          identity().sizeBytes(),
          (bytes, count) -> {
            digest.update(bytes, 0, count);
            return true;
          });
      return digest.digest();
    }
    if (offer.terms().identity() != Integrity.TREE) {
      throw new TransferException.Configuration(
          "no tree digest of %s is computed with crc32c as integrity; leave one of the two out"
              .formatted(offer.path()));
    }
    endStream();
    return proven().received();
  }

  // reads what did not come yet, and drops it
  private OrderedChunks.Proof proven() {
    OrderedChunks.@Nullable Proof known = proof;
    if (known == null) {
      long size = identity().sizeBytes();
      read(new Part(size, size, (bytes, count) -> true, new AtomicBoolean(true)));
      known = proof;
    }
    if (known == null) {
      throw new IllegalStateException("a file was read to its end without a COMMIT");
    }
    return known;
  }

  private void read(Part part) {
    Call call = Call.repeatable("reading of " + offer.path(), offer.path());
    try {
      Optional<OrderedChunks.Proof> found =
          ask(sessions, operation, call, session -> new ClientRead(session, part, call).run());
      if (found.isPresent()) {
        proof = found.get();
      }
    } finally {
      reconnects.addAndGet(call.reconnects());
    }
  }

  @Override
  public void requireUnchanged() {
    RelayStream last = stream;
    if (last != null) {
      requireEnd(last);
    }
    endStream();
    TransferException.Integrity failure = changed;
    if (failure != null) {
      throw failure;
    }
    OrderedChunks.Proof known = proven();
    if (!known.holds()) {
      throw new TransferException.Integrity(
          offer.path(),
          known.sent().toString(),
          known.received().toString(),
          "%s was sent as %s and arrived as %s; nothing was published"
              .formatted(location(), known.sent(), known.received()),
          null);
    }
  }

  private static void requireEnd(RelayStream last) {
    try {
      if (last.fill(new byte[1]) != 0) {
        throw new IllegalStateException("the target took less than there was");
      }
    } catch (IOException e) {
      throw new TransferException.Connection("this end", String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public int reconnects() {
    return reconnects.get();
  }

  @Override
  public void close() {
    endStream();
    operation.end();
  }

  /** A stretch of the file on its way to a sink. */
  private final class Part implements ClientRead.Stretch {
    private final long to;
    private final ByteSink sink;
    private final AtomicBoolean isWanted;
    private long at;
    private byte[] block = {};

    Part(long from, long to, ByteSink sink, AtomicBoolean isWanted) {
      this.at = from;
      this.to = to;
      this.sink = sink;
      this.isWanted = isWanted;
    }

    @Override
    public Offer offer() {
      return offer;
    }

    @Override
    public ChunkLeaves leaves() {
      return leaves;
    }

    @Override
    public int first() {
      return at == identity().sizeBytes()
          ? offer.layout().chunkCount()
          : (int) (at / offer.layout().chunkBytes());
    }

    @Override
    public int last() {
      return to == identity().sizeBytes()
          ? offer.layout().chunkCount() - 1
          : (int) ((to - 1) / offer.layout().chunkBytes());
    }

    @Override
    public OrderedChunks.Sink sink(int index) {
      long[] position = {offer.layout().offsetOf(index)};
      return bytes -> {
        long begin = position[0];
        position[0] += bytes.remaining();
        long from = Math.max(begin, at);
        long end = Math.min(position[0], to);
        if (from >= end) {
          return true; // before the stretch, or behind it
        }
        int length = (int) (end - from);
        if (block.length < length) {
          block = new byte[length];
        }
        bytes.get(bytes.position() + (int) (from - begin), block, 0, length);
        at = end;
        return sink.accept(block, length);
      };
    }

    @Override
    public boolean isWanted() {
      return isWanted.get();
    }

    @Override
    public Duration patience() {
      return options.stallTimeout();
    }
  }
}
