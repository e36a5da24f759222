package io.waybill.jobs.step;

import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import java.io.Serial;
import java.util.Optional;

/**
 * The version of a file that has settled: only that one is copied. A copy within this machine
 * compares it when it opens the file, and publishes no other. At a server the file is looked at
 * before and after: one that was replaced in between may have been copied, which is a failure.
 */
final class SettledVersion {
  private final Leg leg;
  private final SourceIdentity settled;
  private Optional<FileEntry> before = Optional.empty();

  private SettledVersion(Leg leg, SourceIdentity settled) {
    this.leg = leg;
    this.settled = settled;
  }

  /** Returns which version a file must be, if that is known. */
  static Optional<SettledVersion> of(Leg leg) {
    return leg.file().settled().map(version -> new SettledVersion(leg, version));
  }

  /** Returns size and time, as far as a listing tells them. */
  static SourceIdentity of(FileEntry entry) {
    return new SourceIdentity(Math.max(0, entry.sizeBytes()), entry.modified(), Optional.empty());
  }

  /** Says whether another version is there by now; one that is gone is none. */
  boolean isReplaced() {
    before = leg.route().source(leg.file());
    return before.isPresent() && !isSettled(before.get());
  }

  private boolean isSettled(FileEntry now) {
    // what listings and answers tell of one file may differ, as by the seconds of its time
    return isOf(settled, now)
        || leg.route().listed(leg.file()).filter(entry -> isOf(settled, entry)).isPresent();
  }

  private static boolean isOf(SourceIdentity version, FileEntry entry) {
    return version.sizeBytes() == Math.max(0, entry.sizeBytes())
        && version.modified().equals(entry.modified());
  }

  /**
   * Checks, after a copy, that the file is still what it was before.
   *
   * @throws Doubt if it is not: nobody knows which version was copied
   */
  void requireUnchanged() {
    Optional<FileEntry> now = leg.route().source(leg.file());
    if (!SourceWords.isSame(before, now)) {
      throw changed(now);
    }
  }

  /**
   * Checks, after a file was moved by renaming it, that it was that version, as far as its size
   * tells: not every server keeps the time.
   *
   * @param there what is at the target
   * @throws Doubt if it was not
   */
  void requireMoved(Optional<FileEntry> there) {
    boolean isOther =
        there.isPresent() && Math.max(0, there.get().sizeBytes()) != settled.sizeBytes();
    if (isOther) {
      throw changed(there);
    }
  }

  private Doubt changed(Optional<FileEntry> now) {
    return new Doubt(
        new TransferException.Integrity(
            leg.file().place().toString(),
            SourceWords.of(before),
            SourceWords.of(now),
            "%s changed while it was copied: it was %s, and is %s now; what is at %s may be a version that had not settled, so copy it once more"
                .formatted(
                    leg.file().place(), SourceWords.of(before), SourceWords.of(now), leg.target()),
            null));
  }

  /** Another version than the one that settled may be at the target. */
  static final class Doubt extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;
    private final TransferException.Integrity failure;

    private Doubt(TransferException.Integrity failure) {
      super(failure);
      this.failure = failure;
    }

    TransferException.Integrity failure() {
      return failure;
    }
  }

  /**
   * Checks the version that a copy within this machine has opened, before anything of it is
   * published.
   *
   * @throws TransferException.Integrity if it is another
   */
  static void requireSettled(Selection.Selected file, SourceIdentity opened) {
    Optional<SourceIdentity> settled = file.settled();
    if (settled.isPresent()
        && (settled.get().sizeBytes() != opened.sizeBytes()
            || !settled.get().modified().equals(opened.modified()))) {
      throw new TransferException.Integrity(
          file.place().toString(),
          SourceWords.of(settled.get().sizeBytes(), settled.get().modified()),
          SourceWords.of(opened.sizeBytes(), opened.modified()),
          "%s was replaced after it had settled; it was not copied".formatted(file.place()),
          null);
    }
  }
}
