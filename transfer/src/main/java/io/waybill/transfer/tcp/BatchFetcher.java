package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.GroupOutcome;
import io.waybill.transfer.file.GroupWriter;
import io.waybill.transfer.file.LooseNames;
import io.waybill.transfer.file.SmallFile;
import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Fetches small files in groups, some on the way at once, and publishes each group as it comes. Not
 * safe for use by several threads.
 */
final class BatchFetcher implements Closeable {
  private static final int FETCHES_AHEAD = 6;
  private static final int MODE_MASK = 0777;
  private static final int FRAME_BYTES = Limits.CONTROL_BYTES - 64;
  private static final int FIELD_BYTES = 4;

  private final ClientSession session;
  private final TreeTerms terms;
  private final GroupWriter writer;
  private final Deque<Asked> asked = new ArrayDeque<>();
  private List<FileEntry> group = new ArrayList<>();
  private long groupBytes;
  private int groupPathBytes;

  /** A group that was asked for. */
  private record Asked(Mailbox mailbox, List<FileEntry> files, Instant started) {}

  /** Puts batches where they are waited for; asks for damaged ones again. */
  private static final class Arrivals implements Mailbox.Bulk {
    private volatile @Nullable Mailbox mailbox;

    @Override
    public void take(Wire on, Frame frame) throws IOException {
      Mailbox to = mailbox;
      if (frame.type() != FrameType.BATCH || to == null) {
        throw WireException.violation(frame.type() + " came for a FETCH");
      }
      if (!frame.body().isIntact()) {
        BatchAck.of(BatchAck.DAMAGED).send(on, frame.transfer(), BatchAck.credit(frame));
        return;
      }
      if (frame.body().bytes().remaining() > Limits.BATCH_BYTES) {
        throw WireException.violation("a batch of " + frame.body().bytes().remaining() + " bytes");
      }
      try (Compression.Borrowed body = Compression.batch(frame, on.chunks(), on.idle())) {
        if (Compression.isIntact(frame, body.bulk())) {
          to.put(kept(frame, body.bulk().body()));
        } else {
          BatchAck.of(BatchAck.DAMAGED).send(on, frame.transfer(), BatchAck.credit(frame));
        }
      }
    }

    // the frame's own bytes are gone when the next frame is read
    private static Frame kept(Frame frame, ByteBuffer body) {
      ByteBuffer bytes = ByteBuffer.allocate(body.remaining());
      bytes.put(body.duplicate()).flip();
      return new Frame(
          frame.type(),
          frame.flags(),
          frame.transfer(),
          frame.payload(),
          new Frame.Body(bytes, frame.body().crc32c(), true));
    }

    @Override
    public void failed(IOException why) {}

    @Override
    public void lost(Wire stream) {}
  }

  BatchFetcher(ClientSession session, TreeTerms terms) throws IOException {
    this.session = session;
    this.terms = terms;
    this.writer =
        new GroupWriter(DirectoryHandle.open(terms.local()), MODE_MASK, LooseNames.random());
  }

  /** Makes a directory; true if it was not there. */
  boolean makeDirectory(String path) throws IOException {
    GroupOutcome made = writer.makeDirectory(path);
    if (made instanceof GroupOutcome.Failed failed) {
      requireOfOneFile(failed.cause());
      terms.failed(path, true, failed.cause());
    } else if (made instanceof GroupOutcome.Published) {
      terms.tally().directoryMade();
      return true;
    }
    return false;
  }

  /** Fetches a file, soon. */
  void add(FileEntry file) throws IOException {
    String path = terms.remote(file.path());
    int pathBytes = FIELD_BYTES + path.getBytes(StandardCharsets.UTF_8).length;
    long bytes = Batch.cost(path, file.sizeBytes());
    if (group.size() == Limits.BATCH_FILES
        || groupBytes + bytes > Limits.BATCH_BYTES
        || groupPathBytes + pathBytes > FRAME_BYTES) {
      ask();
    }
    group.add(file);
    groupBytes += bytes;
    groupPathBytes += pathBytes;
  }

  private void ask() throws IOException {
    if (group.isEmpty()) {
      return;
    }
    FieldsBuilder fields =
        new FieldsBuilder().text(Tag.DIGEST, terms.integrity().algorithm().label());
    for (FileEntry file : group) {
      fields.text(Tag.PATH, terms.remote(file.path()));
    }
    Arrivals arrivals = new Arrivals();
    Mailbox mailbox = session.begin(arrivals);
    arrivals.mailbox = mailbox;
    asked.add(new Asked(mailbox, group, terms.receipts().now()));
    group = new ArrayList<>();
    groupBytes = 0;
    groupPathBytes = 0;
    mailbox.wire().send(FrameType.FETCH, mailbox.id(), fields);
    while (asked.size() > FETCHES_AHEAD) {
      settle(asked.remove());
    }
  }

  /** Fetches what is left, and waits for all. */
  void finish() throws IOException {
    ask();
    while (!asked.isEmpty()) {
      settle(asked.remove());
    }
  }

  private void settle(Asked one) throws IOException {
    int next = 0;
    try {
      boolean isMore = true;
      while (isMore) {
        Frame frame = one.mailbox().take(FrameType.BATCH, session.patience());
        isMore = frame.has(FrameType.MORE);
        Batch batch = Batch.read(frame.payload(), frame.body().bytes());
        publish(batch, expected(one.files(), next, batch, isMore), one.started());
        next += batch.items().size();
        BatchAck.of(BatchAck.OK)
            .send(one.mailbox().wire(), one.mailbox().id(), BatchAck.credit(frame));
      }
    } catch (WireException e) {
      if (!TreeTerms.isOfOneFile(e)) {
        throw e;
      }
      for (FileEntry file : one.files().subList(next, one.files().size())) {
        terms.failed(file.path(), e);
      }
    } finally {
      session.end(one.mailbox());
    }
  }

  // just what was asked for, in that order: the server has no say in where anything goes
  private List<FileEntry> expected(List<FileEntry> files, int from, Batch batch, boolean isMore)
      throws WireException {
    int end = from + batch.items().size();
    if (isMore ? end >= files.size() : end != files.size()) {
      throw WireException.violation(
          "a FETCH of %d files was answered with %d".formatted(files.size(), end));
    }
    List<FileEntry> part = files.subList(from, end);
    for (int i = 0; i < part.size(); i++) {
      Batch.Item item = batch.items().get(i);
      if (item.isDirectory() || !item.path().equals(terms.remote(part.get(i).path()))) {
        throw WireException.violation("a FETCH was answered with a file not asked for");
      }
    }
    return part;
  }

  private void publish(Batch batch, List<FileEntry> files, Instant started) throws IOException {
    List<SmallFile> sound = new ArrayList<>();
    List<Digest> identities = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      Batch.Item item = batch.items().get(i);
      FileEntry file = files.get(i);
      if (item.status() != 0) {
        terms.refused(file.path(), false, item.status(), "");
        continue;
      }
      Digest identity = Batch.identity(terms.integrity(), item.content());
      if (isSound(item, identity)) {
        terms.tally().sent(file.path());
        sound.add(
            new SmallFile(
                file.path(), item.content(), item.modified(), mode(item), terms.batchPolicy()));
        identities.add(identity);
      } else {
        terms.tally().failed(file.path(), false, unsound(file.path(), item, identity));
      }
    }
    List<GroupOutcome> outcomes = writer.write(sound, terms.level());
    for (int i = 0; i < outcomes.size(); i++) {
      note(sound.get(i), identities.get(i), outcomes.get(i), started);
    }
  }

  private OptionalInt mode(Batch.Item item) {
    return terms.settings().files().preserveMode() ? item.mode() : OptionalInt.empty();
  }

  // without roots the CRC32C of the whole batch, compared before, is what there is
  private boolean isSound(Batch.Item item, Digest identity) {
    return terms.integrity() != Integrity.TREE || item.root().filter(identity::equals).isPresent();
  }

  private static TransferException unsound(String path, Batch.Item item, Digest identity) {
    String wanted = item.root().map(Digest::toString).orElse("a digest");
    String came = identity.toString();
    return new TransferException.Integrity(
        path,
        wanted,
        came,
        "%s: sent as %s, arrived as %s; nothing was published".formatted(path, wanted, came),
        null);
  }

  private static void requireOfOneFile(IOException cause) throws IOException {
    if (!TreeTerms.isOfOneFile(cause)) {
      throw cause;
    }
  }

  private void note(SmallFile file, Digest identity, GroupOutcome outcome, Instant started)
      throws IOException {
    long size = file.bytes().remaining();
    if (outcome instanceof GroupOutcome.Failed failed) {
      requireOfOneFile(failed.cause());
      terms.failed(file.path(), failed.cause());
    } else if (outcome instanceof GroupOutcome.SkippedEqual) {
      terms.equal(file.path(), size, true);
    } else {
      terms.settle(file.path(), Outcome.ofSmall(size, identity, session.tls()), size, 0, started);
    }
  }

  @Override
  public void close() throws IOException {
    asked.forEach(each -> session.end(each.mailbox()));
    writer.close();
  }
}
