package io.waybill.transfer.tcp.server;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.TreeLookup;
import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.BatchBuilder;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.ExchangeEndedException;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small files that a client fetches, in the order asked: one BATCH, or several, each sent when the
 * one before was acknowledged.
 */
final class ServerFetch implements ServerTransfers.Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(ServerFetch.class);
  private static final int UNANSWERED = -1;
  private static final long LOOK_MILLIS = 250;

  private final Wire wire;
  private final long id;
  private final List<String> paths;
  private final boolean hasRoots;
  private int answer = UNANSWERED;
  private boolean isClosed;

  ServerFetch(Wire wire, Frame frame) throws WireException {
    Fields fields = frame.fields();
    this.wire = wire;
    this.id = frame.transfer();
    this.paths = fields.texts(Tag.PATH);
    this.hasRoots = fields.texts(Tag.DIGEST).contains(Digest.Algorithm.SHA_256_TREE.label());
    if (paths.isEmpty() || paths.size() > Limits.BATCH_FILES) {
      throw WireException.violation("a FETCH of " + paths.size() + " files");
    }
  }

  /** Reads and sends. */
  void run(Path root) throws IOException {
    ByteBuffer buffer = wire.chunks().take(BatchBuilder.BUFFER_BYTES, wire.idle());
    try (TreeLookup lookup = new TreeLookup(DirectoryHandle.open(root))) {
      BatchBuilder batch = new BatchBuilder(buffer);
      for (int next = 0; next < paths.size(); ) {
        int end = fill(batch, lookup, next);
        send(batch, end < paths.size());
        int sent = next;
        for (int again = 0; !awaitAck(); again++) {
          if (again == Limits.CHUNK_RETRIES) {
            throw new WireException(ErrorCode.CHUNK_REFUSED, "a batch arrived damaged four times");
          }
          end = fill(batch, lookup, sent);
          send(batch, end < paths.size());
        }
        next = end;
      }
    } finally {
      wire.chunks().give(buffer);
    }
  }

  // returns the first path that is not in it
  private int fill(BatchBuilder batch, TreeLookup lookup, int from) throws IOException {
    int at = from;
    while (at < paths.size() && add(batch, lookup, paths.get(at))) {
      at++;
    }
    lookup.release();
    return at;
  }

  private boolean add(BatchBuilder batch, TreeLookup lookup, String path) {
    if (!batch.fits(path, 0)) {
      return false;
    }
    try (SourceFile source = lookup.open(path)) {
      long size = source.identity().sizeBytes();
      if (Batch.cost(path, size) > Limits.BATCH_BYTES) {
        throw new WireException(
            ErrorCode.WRONG_KIND, path + " is too large for a batch: " + size + " bytes");
      }
      if (!batch.fits(path, size)) {
        return false;
      }
      ByteBuffer content = batch.room((int) size);
      source.read(0, content);
      source.requireUnchanged();
      content.flip();
      batch.add(
          new Batch.Item(
              path,
              false,
              0,
              source.identity().modified(),
              source.mode(),
              hasRoots ? Optional.of(TreeHash.rootOfSmall(content)) : Optional.empty(),
              content));
    } catch (IOException e) {
      batch.add(failed(path, e));
    }
    return true;
  }

  private static Batch.Item failed(String path, IOException failure) {
    int code =
        failure instanceof IntegrityException
            ? ErrorCode.SOURCE_CHANGED.wire()
            : ServerErrors.translate(path, failure).code().wire();
    LOG.info("event=fetch-failed code={} reason=\"{}\"", code, failure.getMessage());
    return new Batch.Item(
        path,
        false,
        code,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        ByteBuffer.allocate(0));
  }

  private void send(BatchBuilder batch, boolean isMore) throws IOException {
    Wire.Bulk bulk = batch.finish(TargetPolicy.SKIP_EQUAL, Verification.NONE);
    synchronized (this) {
      answer = UNANSWERED;
    }
    wire.sendBulk(
        FrameType.BATCH,
        isMore ? FrameType.MORE : 0,
        id,
        bulk,
        BatchBuilder.cost(bulk.body().remaining()));
  }

  /** Takes a BATCH_ACK. */
  synchronized void acknowledged(Frame frame) throws WireException {
    answer = (int) frame.fields().number(Tag.STATUS, BatchAck.OK, BatchAck.ENDED);
    notifyAll();
  }

  // whether the batch arrived well
  private synchronized boolean awaitAck() throws IOException {
    long since = System.nanoTime();
    while (answer == UNANSWERED && !isClosed) {
      try {
        TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LostException("interrupted");
      }
      if (answer == UNANSWERED) {
        wire.requireAcknowledging("the answer to a BATCH", since);
      }
    }
    if (answer == UNANSWERED || answer == BatchAck.ENDED) {
      throw new ExchangeEndedException("the fetch has ended");
    }
    return answer == BatchAck.OK;
  }

  @Override
  public String path() {
    return paths.get(0) + (paths.size() == 1 ? "" : " and " + (paths.size() - 1) + " more files");
  }

  @Override
  public Duration patience(Duration atRest) {
    return wire.idle();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    notifyAll();
  }
}
