package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.GroupOutcome;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.file.SmallFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/** Fetches one small file of a tree into memory and checks it; its group is written later. */
final class SmallDownload {
  private final Lease lease;
  private final TreeCopyTerms terms;
  private final String path;
  private final FileEntry entry;

  /**
   * Prepares.
   *
   * @param path in the tree
   * @param entry what was listed, by its whole path
   */
  SmallDownload(Lease lease, TreeCopyTerms terms, String path, FileEntry entry) {
    this.lease = lease;
    this.terms = terms;
    this.path = path;
    this.entry = entry;
  }

  /** What was fetched, and how well it is known to be right. */
  private record Fetched(SmallFile file, Verification level) {}

  void run(SmallFiles group) {
    terms.tally().sent(path);
    try {
      Fetched fetched = lease.resuming(entry.path(), new Reconnects(lease.endpoint()), this::fetch);
      group.add(fetched.file(), outcome -> settle(fetched, outcome));
    } catch (TransferException e) {
      terms.failed(path, false, e);
    }
  }

  private Fetched fetch(RemoteSession session) throws IOException {
    RemoteFile file = entry.modified().isPresent() ? new RemoteFile(entry) : look(session);
    int size = (int) Math.min(SmallFiles.LARGEST_BYTES, file.entry().sizeBytes());
    byte[] content = new byte[size];
    int[] filled = {0};
    session.read(
        file,
        0,
        (bytes, length) -> {
          if (filled[0] + length > size) {
            throw changed(file, "more than %d bytes".formatted(size));
          }
          System.arraycopy(bytes, 0, content, filled[0], length);
          filled[0] += length;
          return true;
        });
    if (filled[0] < size) {
      throw new EOFException("The data ended after %d of %d bytes".formatted(filled[0], size));
    }
    RemoteFile after = look(session);
    if (after.entry().sizeBytes() != size
        || !after.entry().modified().equals(file.entry().modified())) {
      throw changed(file, after.identity().toString());
    }
    Verification level =
        file.entry().modified().isPresent() ? Verification.SIZE_MTIME : Verification.SIZE;
    if (DigestPlan.of(terms.files()).remote()) {
      Optional<Digest> hash = session.hash(entry.path());
      if (hash.isPresent()) {
        requireEqual(hash.get(), content);
        level = Verification.DIGEST;
      }
    }
    if (!level.atLeast(terms.files().atLeast())) {
      throw new TransferException.Integrity(
          entry.path(),
          terms.files().atLeast().toString(),
          level.toString(),
          "%s was proven by %s only, and %s was asked for; nothing was published"
              .formatted(entry.path(), level, terms.files().atLeast()),
          null);
    }
    OptionalInt mode = terms.files().preserveMode() ? file.entry().mode() : OptionalInt.empty();
    return new Fetched(
        new SmallFile(
            path,
            ByteBuffer.wrap(content),
            file.entry().modified(),
            mode,
            terms.files().targetPolicy()),
        level);
  }

  private RemoteFile look(RemoteSession session) throws IOException {
    return session
        .stat(entry.path())
        .filter(file -> file.entry().isFile() && file.entry().sizeBytes() >= 0)
        .orElseThrow(
            () ->
                new TransferException.NotFound(
                    entry.path(), "No file " + entry.path() + " any more", null));
  }

  private TransferException changed(RemoteFile was, String now) {
    return new TransferException.Integrity(
        entry.path(),
        was.identity().toString(),
        now,
        entry.path() + " changed while it was copied; nothing was published",
        null);
  }

  private void requireEqual(Digest there, byte[] content) {
    PlainDigest here = new PlainDigest(there.algorithm());
    here.update(content, 0, content.length);
    Digest found = here.digest();
    if (!found.equals(there)) {
      throw new TransferException.Integrity(
          entry.path(),
          there.toString(),
          found.toString(),
          "What arrived of " + entry.path() + " is not what the server has; nothing was published",
          null);
    }
  }

  private void settle(Fetched fetched, GroupOutcome outcome) {
    int size = fetched.file().bytes().remaining();
    if (outcome instanceof GroupOutcome.Failed failed) {
      terms.failed(path, false, failed.cause());
    } else if (outcome instanceof GroupOutcome.SkippedEqual) {
      terms.tally().equal(path, size, fetched.level());
    } else {
      terms.tally().travelled(size, 0);
      terms.tally().copied(path, size, 0, fetched.level());
    }
  }
}
