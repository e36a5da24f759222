package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.ExpectedDigest;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.ProgressReporter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends one file: to a part file beside the target, checked, then renamed by {@link RemotePublish};
 * or, where the endpoint cannot rename, to the target itself, and checked there.
 */
final class RemoteUpload {
  private static final int OVERLAP_BYTES = 64 << 10;

  private final Lease lease;
  private final UploadSource source;
  private final String remote;
  private final String shown;
  private final @Nullable Known known;
  private final TransferOptions options;
  private final DigestPlan plan;
  private final Reconnects reconnects;
  private final SentDigests sent;
  private boolean wasThere;
  private OptionalLong agreed = OptionalLong.empty(); // where the part file ends as it should
  private boolean direct;
  private @Nullable Seam seam;
  private int attempts;
  private long bytesResumed;
  private long bytesSent;

  /**
   * What a listing told just now of the directory that a file goes to.
   *
   * @param target what has the file's name
   * @param names all that is there
   */
  record Known(Optional<FileEntry> target, Set<String> names) {}

  /**
   * Prepares.
   *
   * @param source stays the caller's to close
   * @param known null if nothing is
   */
  RemoteUpload(
      Lease lease,
      UploadSource source,
      String remote,
      @Nullable Known known,
      TransferOptions options) {
    this.lease = lease;
    this.source = source;
    this.remote = remote;
    this.shown = lease.endpoint().shown(remote);
    this.known = known;
    this.options = options;
    this.plan = DigestPlan.of(options);
    this.reconnects = new Reconnects(lease.endpoint());
    this.sent = new SentDigests(source);
  }

  TransferReceipt run() {
    RemoteEndpoint endpoint = lease.endpoint();
    Instant started = endpoint.terms().clock().instant();
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(source.location())
            .target(endpoint.location(remote))
            .bytes(source.identity().sizeBytes())
            .started(started);
    Optional<Verification> equal = resuming(this::skips);
    if (equal.isPresent()) {
      requireExpectedOfSource(); // the target equals it
      options.expected().ifPresent(receipt::digest);
      receipt.verification(equal.get()).skippedBecauseEqual();
    } else {
      send(receipt);
      receipt.attempts(attempts).bytesResumed(bytesResumed).bytesSent(bytesSent);
    }
    return receipt
        .reconnects(reconnects.count() + source.reconnects())
        .duration(Duration.between(started, endpoint.terms().clock().instant()))
        .build();
  }

  private void requireExpectedOfSource() {
    if (options.expected().isPresent()) {
      Digest read = source.digest(options.expected().get().algorithm());
      source.requireUnchanged();
      ExpectedDigest.require(options.expected(), source.shown(), List.of(read));
    }
  }

  private <T> T resuming(Lease.Step<T> step) {
    return lease.resuming(remote, reconnects, step);
  }

  private Optional<Verification> skips(RemoteSession session) throws IOException {
    if (options.targetPolicy() != TargetPolicy.SKIP_EQUAL
        && options.targetPolicy() != TargetPolicy.FAIL) {
      return Optional.empty();
    }
    Optional<FileEntry> there =
        known == null ? session.stat(remote).map(RemoteFile::entry) : known.target();
    if (there.isEmpty()) {
      return Optional.empty();
    }
    if (options.targetPolicy() == TargetPolicy.FAIL) {
      throw RemotePublish.exists(shown);
    }
    if (!there.get().isFile() || there.get().sizeBytes() != source.identity().sizeBytes()) {
      return Optional.empty();
    }
    if (sameTime(there.get(), source.identity())
        && Verification.SIZE_MTIME.atLeast(options.atLeast())) {
      return Optional.of(Verification.SIZE_MTIME);
    }
    if (!plan.remote()) {
      return Optional.empty();
    }
    Optional<Digest> hash = session.hash(remote);
    return hash.isPresent()
            && Verification.DIGEST.atLeast(options.atLeast())
            && hash.get().equals(source.digest(hash.get().algorithm()))
        ? Optional.of(Verification.DIGEST)
        : Optional.empty();
  }

  // no more than seconds everywhere
  static boolean sameTime(FileEntry there, SourceIdentity source) {
    return there.modified().isPresent()
        && there
            .modified()
            .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
            .equals(source.modified().map(time -> time.truncatedTo(ChronoUnit.SECONDS)));
  }

  private void send(TransferReceipt.Builder receipt) {
    long size = source.identity().sizeBytes();
    ProgressReporter progress =
        new ProgressReporter(
            options.listener(), source.location().toString(), size, System::nanoTime);
    String part = partName();
    RemotePublish publish =
        new RemotePublish(lease.endpoint(), part, remote, size, options.targetPolicy(), known);
    direct = resuming(session -> session.publishesDirectly(remote));
    if (direct) {
      requireExpectedOfSource(); // once more than elsewhere: what is written there is published
    }
    String stored = direct ? resuming(publish::finalName) : part;
    try {
      do {
        boolean isStored;
        do {
          isStored = resuming(session -> store(session, stored, progress));
        } while (!isStored);
      } while (!keptItsBegin(stored));
    } catch (TransferException.Integrity e) {
      discard(part, e);
      throw e;
    }
    progress.at(Phase.VERIFYING, size);
    List<Digest> digests = sent.finish();
    UploadCheck check = new UploadCheck(lease, source, shown, options, direct);
    requireExpected(stored, digests);
    resuming(
        session -> {
          receipt.verification(check.verify(session, stored, digests));
          session.protection().ifPresent(receipt::tls);
          return true;
        });
    receipt.digest(
        digests.stream()
            .filter(each -> each.algorithm() == plan.told())
            .findFirst()
            .orElseGet(() -> source.digest(plan.told())));
    progress.at(Phase.PUBLISHING, size);
    if (wasThere) {
      publish.afterEarlierTry();
    }
    String published = direct ? stored : resuming(publish::run);
    receipt.target(lease.endpoint().location(published));
    progress.at(Phase.DONE, size);
  }

  private void requireExpected(String stored, List<Digest> digests) {
    try {
      ExpectedDigest.require(options.expected(), source.shown(), digests);
    } catch (TransferException.Integrity e) {
      lease.actResuming(remote, reconnects, session -> session.delete(stored));
      throw e;
    }
  }

  // another version of the source has another part file
  private void discard(String part, TransferException.Integrity cause) {
    if (direct) {
      return; // what has that name there may be an older file
    }
    try {
      lease.actResuming(
          remote,
          reconnects,
          session -> {
            if (session.stat(part).isPresent()) {
              session.delete(part);
            }
          });
    } catch (TransferException e) {
      cause.addSuppressed(e);
    }
  }

  // Another process that sent the same file may have published the part file after it was looked
  // at, and
  // what was written then is a new one with a hole before it.
  private boolean keptItsBegin(String stored) {
    Seam before = seam;
    seam = null;
    if (before == null) {
      return true;
    }
    boolean isKept =
        resuming(
            session -> {
              Optional<RemoteFile> part = session.stat(stored);
              return part.isPresent() && before.isIn(session, part.get());
            });
    if (!isKept) {
      resuming(
          session -> {
            if (session.stat(stored).isPresent()) {
              session.delete(stored);
            }
            return true;
          });
      bytesResumed = 0;
    }
    return isKept;
  }

  private String partName() {
    PartName name = PartName.of(RemotePath.name(remote), source.identity(), source.place());
    return RemotePath.sibling(remote, name.part(lease.endpoint().terms().partPattern()));
  }

  /** Returns false if that needs a step more, over another session. */
  private boolean store(RemoteSession session, String stored, ProgressReporter progress)
      throws IOException {
    if (direct) {
      storeDirectly(session, stored, progress);
      return true;
    }
    long size = source.identity().sizeBytes();
    OptionalLong known = agreed;
    agreed = OptionalLong.empty(); // if it is lost now, it has to be looked at once more
    if (known.isPresent()) {
      storeFrom(session, stored, known.getAsLong(), progress);
      return true;
    }
    Optional<FileEntry> there = partFile(session, stored);
    wasThere |= there.isPresent();
    long offset = resumeAt(session, stored, there);
    if (offset == size && there.isPresent()) {
      attempts = Math.max(1, attempts);
      bytesResumed = size;
      return true;
    }
    if (!session.isInStep()) { // after a reading that was ended early
      agreed = OptionalLong.of(offset);
      return false;
    }
    storeFrom(session, stored, offset, progress);
    return true;
  }

  private void storeFrom(RemoteSession session, String part, long offset, ProgressReporter progress)
      throws IOException {
    attempts++;
    bytesResumed = offset;
    session.write(part, offset, source.identity().sizeBytes(), counted(offset, progress));
  }

  private void storeDirectly(RemoteSession session, String target, ProgressReporter progress)
      throws IOException {
    boolean onlyNew =
        options.targetPolicy() == TargetPolicy.FAIL
            || options.targetPolicy() == TargetPolicy.RENAME;
    if (onlyNew && attempts > 0 && session.stat(target).isPresent()) {
      String told = lease.endpoint().shown(target);
      throw new TransferException.Ambiguous(
          told,
          "The connection was lost while %s was written, and now it is there: look whether it is whole, and yours"
              .formatted(told),
          null);
    }
    sent.start(plan.running(session.hashAlgorithm()));
    attempts++;
    session.writeDirectly(target, source.identity().sizeBytes(), onlyNew, counted(0, progress));
  }

  private ByteSupply counted(long offset, ProgressReporter progress) {
    ByteSupply supply = source.from(offset);
    long[] at = {offset};
    return bytes -> {
      int length = supply.fill(bytes);
      sent.update(bytes, 0, length);
      at[0] += length;
      bytesSent += length;
      reconnects.reached(at[0], source.identity().sizeBytes());
      progress.at(Phase.TRANSFERRING, at[0]);
      return length;
    };
  }

  // left by an earlier process, or by an earlier try
  private Optional<FileEntry> partFile(RemoteSession session, String part) throws IOException {
    boolean isNew =
        attempts == 0 && known != null && !known.names().contains(RemotePath.name(part));
    return isNew ? Optional.empty() : session.stat(part).map(RemoteFile::entry);
  }

  private long resumeAt(RemoteSession session, String part, Optional<FileEntry> there)
      throws IOException {
    long stored = there.map(FileEntry::sizeBytes).orElse(0L);
    long have = stored - session.unorderedWriteBytes();
    if (have > 0
        && source.identity().tellsVersions() // else what is sent now may be of another
        && stored <= source.identity().sizeBytes()
        && session.restartsWrites()
        && endsAlike(session, there.orElseThrow(), have)) {
      return have;
    }
    seam = null;
    if (have > 0 && session.isInStep()) { // else it is emptied when it is written
      session.delete(part);
    }
    sent.start(plan.running(session.hashAlgorithm()));
    return 0;
  }

  private boolean endsAlike(RemoteSession session, FileEntry part, long have) throws IOException {
    int length = (int) Math.min(OVERLAP_BYTES, have);
    byte[] expected = sent.resume(plan.running(session.hashAlgorithm()), have, length);
    Seam end = new Seam(have - length, expected);
    seam = have < source.identity().sizeBytes() ? end : null;
    return end.isIn(session, new RemoteFile(part));
  }
}
