package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.TreeEntry;
import io.waybill.transfer.file.TreeLookup;
import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.BatchBuilder;
import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Packs small files of a local tree into batches, sends them, and notes what became of each. Not
 * safe for use by several threads.
 */
final class BatchSender implements Closeable {
  private static final int BATCHES_AHEAD = 16;

  private final ClientSession session;
  private final TreeTerms terms;
  private final TreeLookup lookup;
  private final ByteBuffer buffer;
  private final BatchBuilder builder;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private List<Packed> packed = new ArrayList<>();
  private int packedTries;

  /**
   * An entry as it was read.
   *
   * @param identity of a file's content; none for a directory
   */
  private record Packed(TreeEntry entry, long size, @Nullable Digest identity) {}

  /** A batch that is on the way. */
  private record Sent(Mailbox mailbox, List<Packed> files, int tries, Instant started) {}

  /** Puts what answers a batch where it is waited for. */
  private static final class Answer implements Mailbox.Bulk {
    private volatile @Nullable Mailbox mailbox;

    @Override
    public void take(Wire on, Frame frame) throws IOException {
      Mailbox to = mailbox;
      if (frame.type() != FrameType.BATCH_ACK || to == null) {
        throw WireException.violation(frame.type() + " came for a batch that was sent");
      }
      to.put(frame);
    }

    @Override
    public void failed(IOException why) {}

    @Override
    public void lost(Wire stream) {}
  }

  BatchSender(ClientSession session, TreeTerms terms) throws IOException {
    this.session = session;
    this.terms = terms;
    this.lookup = new TreeLookup(DirectoryHandle.open(terms.local()));
    Wire wire = session.home();
    try {
      this.buffer = wire.chunks().take(BatchBuilder.BUFFER_BYTES, wire.idle());
    } catch (WireException e) {
      try (lookup) {
        throw e;
      }
    }
    this.builder = new BatchBuilder(buffer);
  }

  /** Adds a directory to be made. */
  void addDirectory(TreeEntry entry) throws IOException {
    String path = terms.remote(entry.path());
    if (!builder.fits(path, 0)) {
      send();
    }
    builder.add(
        new Batch.Item(
            path,
            true,
            0,
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            ByteBuffer.allocate(0)));
    packed.add(new Packed(entry, 0, null));
  }

  /** Adds a file; false if it has become too large meanwhile. */
  boolean add(TreeEntry.RegularFile file) throws IOException {
    String path = terms.remote(file.path());
    if (!builder.fits(path, file.identity().sizeBytes())) {
      send();
    }
    try (SourceFile source = lookup.open(file.path())) {
      long size = source.identity().sizeBytes();
      if (!terms.isSmall(file.path(), size)) {
        return false;
      }
      if (!builder.fits(path, size)) {
        send();
      }
      pack(file, path, source, (int) size);
    } catch (LostException | WireException e) {
      throw e;
    } catch (IOException e) {
      terms.failed(file.path(), e);
    }
    return true;
  }

  private void pack(TreeEntry.RegularFile file, String path, SourceFile source, int size)
      throws IOException {
    ByteBuffer content = builder.room(size);
    source.read(0, content);
    source.requireUnchanged();
    content.flip();
    Digest identity = Batch.identity(terms.integrity(), content);
    builder.add(
        new Batch.Item(
            path,
            false,
            0,
            source.identity().modified(),
            terms.settings().files().preserveMode() ? source.mode() : OptionalInt.empty(),
            terms.integrity() == Integrity.TREE ? Optional.of(identity) : Optional.empty(),
            content));
    packed.add(new Packed(file, size, identity));
  }

  /** Lets go of directories that are not needed any more. */
  void endRound() throws IOException {
    lookup.release();
  }

  private void send() throws IOException {
    while (sent.size() >= BATCHES_AHEAD) {
      settle(sent.remove());
    }
    if (builder.count() == 0) {
      return;
    }
    Answer answer = new Answer();
    Mailbox mailbox = session.begin(answer);
    answer.mailbox = mailbox;
    sent.add(new Sent(mailbox, packed, packedTries, terms.receipts().now()));
    packed.forEach(each -> terms.tally().sent(each.entry().path()));
    packed = new ArrayList<>();
    packedTries = 0;
    Wire.Bulk bulk = builder.finish(terms.batchPolicy(), terms.level());
    Optional<Compression.Borrowed> shorter =
        compresses() ? Compression.pack(bulk, mailbox.wire().chunks()) : Optional.empty();
    if (shorter.isEmpty()) {
      send(mailbox, 0, bulk);
      return;
    }
    try (Compression.Borrowed compressed = shorter.get()) {
      send(mailbox, FrameType.COMPRESSED, compressed.bulk());
    }
  }

  private static void send(Mailbox mailbox, int flags, Wire.Bulk bulk) throws IOException {
    long cost = BatchBuilder.cost(bulk.body().remaining());
    mailbox.wire().sendBulk(FrameType.BATCH, flags, mailbox.id(), bulk, cost);
  }

  // small files are too short to learn from how fast the link is; a far one is taken for slow
  private boolean compresses() {
    return session.has(Hello.ZSTD)
        && switch (terms.settings().files().compression()) {
          case ALWAYS -> true;
          case NEVER -> false;
          case AUTO -> Delta.isFar(session.roundTrip());
        };
  }

  /** Sends what is left and waits for every answer. */
  void finish() throws IOException {
    send();
    while (!sent.isEmpty()) {
      settle(sent.remove());
      send(); // of those that arrived damaged
    }
  }

  private void settle(Sent batch) throws IOException {
    BatchAck ack;
    try {
      ack =
          BatchAck.read(
              batch.mailbox().take(FrameType.BATCH_ACK, session.patience()), batch.files().size());
      if (ack.status() == BatchAck.ENDED) { // an ERROR says why, and is thrown where it is taken
        batch.mailbox().take(FrameType.ERROR, session.patience());
      }
    } catch (WireException e) {
      if (!TreeTerms.isOfOneFile(e)) {
        throw e;
      }
      batch
          .files()
          .forEach(each -> terms.failed(each.entry().path(), isDirectory(each.entry()), e));
      return;
    } finally {
      session.end(batch.mailbox());
    }
    if (ack.statuses().contains(BatchAck.PUBLISHED)) {
      terms.call().progressed();
    }
    switch (ack.status()) {
      case BatchAck.OK -> note(batch, ack);
      case BatchAck.DAMAGED -> again(batch);
      default -> throw WireException.violation("a batch was ended without an ERROR");
    }
  }

  private static boolean isDirectory(TreeEntry entry) {
    return entry instanceof TreeEntry.Directory;
  }

  private void note(Sent batch, BatchAck ack) {
    int message = 0;
    for (int i = 0; i < batch.files().size(); i++) {
      Packed file = batch.files().get(i);
      String path = file.entry().path();
      int status = ack.statuses().get(i);
      if (status != BatchAck.PUBLISHED && status != BatchAck.EQUAL) {
        boolean isTold = message < ack.messages().size();
        String words = isTold ? ack.messages().get(message++) : "";
        terms.refused(path, isDirectory(file.entry()), status, words);
      } else if (file.identity() == null) {
        terms.tally().takenBack(path);
        if (status == BatchAck.PUBLISHED) {
          terms.tally().directoryMade();
        }
      } else if (status == BatchAck.PUBLISHED) {
        Outcome outcome = Outcome.ofSmall(file.size(), file.identity(), session.tls());
        terms.settle(path, outcome, file.size(), 0, batch.started());
      } else {
        terms.equal(path, file.size(), true);
      }
    }
  }

  private void again(Sent batch) throws IOException {
    if (batch.tries() >= Limits.CHUNK_RETRIES) {
      throw new WireException(
          ErrorCode.CHUNK_REFUSED, "a batch arrived damaged at the server four times");
    }
    for (Packed each : batch.files()) {
      terms.tally().takenBack(each.entry().path());
      if (each.entry() instanceof TreeEntry.RegularFile file) {
        if (!add(file)) {
          terms.failed(
              file.path(),
              new WireException(ErrorCode.SOURCE_CHANGED, file.path() + " grew while it was sent"));
        }
      } else {
        addDirectory(each.entry());
      }
      packedTries = Math.max(packedTries, batch.tries() + 1);
    }
  }

  @Override
  public void close() throws IOException {
    sent.forEach(each -> session.end(each.mailbox()));
    session.home().chunks().give(buffer);
    lookup.close();
  }
}
