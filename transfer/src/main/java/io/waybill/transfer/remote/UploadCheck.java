package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.PlainDigest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Checks that an endpoint has what was sent, gives it its time and mode, and has it forced. */
final class UploadCheck {
  private static final String NOT_PUBLISHED = "nothing was published";
  private static final String TAKEN_BACK = "it was deleted there";

  private final Lease lease;
  private final UploadSource source;
  private final String shown;
  private final TransferOptions options;
  private final DigestPlan plan;
  private final boolean direct;

  /**
   * Prepares.
   *
   * @param shown the final name, for messages
   * @param direct whether it has that name already
   */
  UploadCheck(
      Lease lease, UploadSource source, String shown, TransferOptions options, boolean direct) {
    this.lease = lease;
    this.source = source;
    this.shown = shown;
    this.options = options;
    this.plan = DigestPlan.of(options);
    this.direct = direct;
  }

  /**
   * Checks, and reads it again if nothing less reaches the level that is asked for.
   *
   * @param part its name until now
   * @param digests of what was sent
   * @return the level reached
   * @throws TransferException.Integrity if it is not what the source is; if that is certain, it is
   *     deleted there
   */
  Verification verify(RemoteSession session, String part, List<Digest> digests) throws IOException {
    requireUnchanged(session, part);
    RemoteSession.Settled settled =
        session.settle(
            part,
            source.identity().modified(),
            options.preserveMode() ? source.mode() : OptionalInt.empty());
    requireSize(session, part, settled);
    Verification reached =
        settled.isTimed() && keepsTime(session, part) ? Verification.SIZE_MTIME : Verification.SIZE;
    Optional<Digest> hash = plan.remote() ? session.hash(part) : Optional.empty();
    if (hash.isPresent()) {
      requireEqual(session, part, hash.get(), digests);
      reached = Verification.DIGEST;
    }
    if (!reached.atLeast(options.atLeast())) {
      requireEqual(session, part, readAgain(session, part), digests);
      reached = Verification.READ_BACK;
    }
    session.force(part);
    return reached;
  }

  private Digest readAgain(RemoteSession session, String part) throws IOException {
    RemoteFile stored =
        session.stat(part).orElseThrow(() -> new IOException("The part file " + part + " is gone"));
    PlainDigest back = new PlainDigest(plan.again());
    session.read(
        stored,
        0,
        (bytes, length) -> {
          back.update(bytes, 0, length);
          return true;
        });
    return back.digest();
  }

  private boolean keepsTime(RemoteSession session, String part) throws IOException {
    if (!lease.pool().keepsTimes()
        && session
            .stat(part)
            .filter(each -> RemoteUpload.sameTime(each.entry(), source.identity()))
            .isPresent()) {
      lease.pool().keepTimes();
    }
    return lease.pool().keepsTimes();
  }

  private void requireSize(RemoteSession session, String part, RemoteSession.Settled settled)
      throws IOException {
    long size = source.identity().sizeBytes();
    long stored = Math.max(0, settled.sizeBytes());
    if (stored != size) {
      boolean isPublished = direct && settled.sizeBytes() >= 0;
      if (isPublished) {
        session.delete(part);
      }
      throw new TransferException.Integrity(
          shown,
          size + " bytes",
          stored + " bytes",
          "The server said done, but stored %d of %d bytes of %s; %s"
              .formatted(stored, size, shown, isPublished ? TAKEN_BACK : NOT_PUBLISHED),
          null);
    }
  }

  private void requireEqual(RemoteSession session, String part, Digest there, List<Digest> digests)
      throws IOException {
    Digest here =
        digests.stream()
            .filter(each -> each.algorithm() == there.algorithm())
            .findFirst()
            .orElseGet(() -> source.digest(there.algorithm()));
    if (!here.equals(there)) {
      session.delete(part);
      throw new TransferException.Integrity(
          shown,
          here.toString(),
          there.toString(),
          "The server stored other bytes of %s than were sent; %s"
              .formatted(shown, direct ? TAKEN_BACK : NOT_PUBLISHED),
          null);
    }
  }

  private void requireUnchanged(RemoteSession session, String part) throws IOException {
    try {
      source.requireUnchanged();
    } catch (TransferException.Integrity e) {
      session.delete(part);
      throw direct
          ? new TransferException.Integrity(
              e.path(),
              e.expected(),
              e.actual(),
              "%s; there %s has been replaced by what was read, and %s"
                  .formatted(e.getMessage(), shown, TAKEN_BACK),
              e)
          : e;
    }
  }
}
