package io.waybill.transfer.tcp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.file.TreeEntry;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.file.UnsafePathException;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Query;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One try at sending a tree over one session: it is walked page by page, the server asked what it
 * lacks of each, small files sent in batches and large ones beside them.
 *
 * <pre>
 * client                                   server
 *   QUERY page 1, page 2, ... ------------->
 *   <----------- NEED of page 1
 *   BATCH small files of page 1 ----------->
 *   OFFER a large one, as ever ------------>
 *   <----------- BATCH_ACK what became of each
 * </pre>
 */
final class TreeUpload {
  private static final int QUERIES_AHEAD = 4;

  private final ClientSession session;
  private final TreeTerms terms;
  private final boolean isAgain;
  private final Deque<Asked> asked = new ArrayDeque<>();
  private List<TreeEntry> page = new ArrayList<>();
  private Query.Room room = new Query.Room();

  /** A page that the server was asked about. */
  private record Asked(Mailbox mailbox, Query query, List<TreeEntry> page) {}

  /**
   * Prepares a try.
   *
   * @param isAgain whether a session was lost before
   */
  TreeUpload(ClientSession session, TreeTerms terms, boolean isAgain) {
    this.session = session;
    this.terms = terms;
    this.isAgain = isAgain;
  }

  void run() throws IOException {
    terms.tally().begin();
    if (!terms.remote().isEmpty()) {
      session.request(FrameType.MKDIR, 0, new FieldsBuilder().text(Tag.PATH, terms.remote()));
    }
    try (BigFiles large = new BigFiles(terms.settings().openFiles())) {
      try (TreeWalker walker = TreeWalker.open(terms.local(), terms.settings().filter());
          BatchSender batches = new BatchSender(session, terms)) {
        walk(walker, batches, large);
      } catch (IOException | RuntimeException e) {
        endIfBusy(session, large, e);
        throw e;
      } finally {
        asked.forEach(each -> session.end(each.mailbox()));
      }
    }
  }

  /** Nobody waits for large files of a tree that has failed. */
  static void endIfBusy(ClientSession session, BigFiles large, Exception failure) {
    if (large.isBusy()) {
      try {
        session.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void walk(TreeWalker walker, BatchSender batches, BigFiles large) throws IOException {
    for (TreeEntry entry = walker.next(); entry != null; entry = walker.next()) {
      large.requireSound();
      take(entry, batches, large);
    }
    ask();
    while (!asked.isEmpty()) {
      settle(asked.remove(), batches, large);
    }
    batches.finish();
    large.finish();
  }

  private void take(TreeEntry entry, BatchSender batches, BigFiles large) throws IOException {
    if (entry instanceof TreeEntry.Unreadable unreadable) {
      terms.failed(unreadable.path(), unreadable.isDirectory(), unreadable.cause());
      return;
    }
    if (entry instanceof TreeEntry.Refused refused) {
      terms.failed(refused.path(), refused.isDirectory(), refused.cause());
      return;
    }
    if (entry instanceof TreeEntry.Skipped skipped) {
      terms.tally().skipped(skipped.path(), skipped.reason() == TreeEntry.Reason.LINK);
      return;
    }
    if (entry instanceof TreeEntry.RegularFile file) {
      terms.tally().found(file.identity().sizeBytes());
    }
    try {
      SafePath.segments(terms.remote(entry.path()));
    } catch (UnsafePathException e) {
      terms.failed(entry.path(), entry instanceof TreeEntry.Directory, e);
      return;
    }
    if (!room.take(terms.remote(entry.path()))) {
      ask();
      room.take(terms.remote(entry.path()));
      while (asked.size() > QUERIES_AHEAD) {
        settle(asked.remove(), batches, large);
      }
    }
    page.add(entry);
  }

  private void ask() throws IOException {
    if (page.isEmpty()) {
      return;
    }
    boolean onlyLost = isAgain && terms.policy() != TargetPolicy.SKIP_EQUAL;
    Query query =
        new Query(
            onlyLost ? TargetPolicy.SKIP_EQUAL : terms.policy(),
            onlyLost ? Verification.SIZE_MTIME : terms.level(),
            page.stream().map(this::entry).toList());
    Mailbox mailbox = session.begin(Mailbox.NO_BULK);
    asked.add(new Asked(mailbox, query, page));
    query.send(mailbox.wire(), mailbox.id());
    page = new ArrayList<>();
    room = new Query.Room();
  }

  private FileEntry entry(TreeEntry entry) {
    String path = terms.remote(entry.path());
    return entry instanceof TreeEntry.RegularFile file
        ? new FileEntry(
            path, FileEntry.Kind.FILE, file.identity().sizeBytes(), file.identity().modified())
        : new FileEntry(path, FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty());
  }

  private void settle(Asked one, BatchSender batches, BigFiles large) throws IOException {
    BitSet need;
    try {
      need = one.query().need(one.mailbox().take(FrameType.NEED, session.patience()));
    } finally {
      session.end(one.mailbox());
    }
    for (int i = 0; i < one.page().size(); i++) {
      TreeEntry entry = one.page().get(i);
      if (entry instanceof TreeEntry.RegularFile file) {
        long size = file.identity().sizeBytes();
        if (!need.get(i)) {
          terms.equal(file.path(), size, false);
        } else if (!terms.isSmall(file.path(), size) || !batches.add(file)) {
          large.add(() -> send(file.path()));
        }
      } else if (need.get(i)) {
        batches.addDirectory(entry);
      }
    }
    batches.endRound();
  }

  private void send(String path) throws IOException {
    try (SafePath place = SafePath.open(terms.local(), path);
        SourceFile source = SourceFile.open(place.directory(), place.name())) {
      terms.tally().sent(path);
      Instant started = terms.receipts().now();
      TransferOptions options = terms.settings().files();
      Offer offer =
          new Offer(
              terms.remote(path),
              source.identity(),
              options.preserveMode() ? source.mode() : OptionalInt.empty(),
              terms.settings().offer().with(FrameType.PARENTS));
      Call call = Call.repeatable("upload of " + path, offer.path());
      ProgressReporter reporter =
          new ProgressReporter(
              terms.moving(path), path, source.identity().sizeBytes(), System::nanoTime);
      Traffic traffic = new Traffic();
      ClientUpload upload =
          new ClientUpload(
              session,
              source,
              false,
              offer,
              Expectation.NONE,
              options.compression(),
              reporter,
              call,
              traffic);
      terms.settle(path, upload.run(), traffic.sentBytes(), traffic.reusedBytes(), started);
    } catch (IOException e) {
      if (!TreeTerms.isOfOneFile(e)) {
        throw e;
      }
      terms.failed(path, e);
    }
  }
}
