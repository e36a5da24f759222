package io.waybill.transfer.sync;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.KeptTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether a file of the target is that of the source. */
final class FileComparison {
  private final SyncOptions.Compare compare;
  private final Duration tolerance;
  private final DigestPair digests;

  FileComparison(SyncOptions.Compare compare, Duration tolerance, DigestPair digests) {
    this.compare = compare;
    this.tolerance = tolerance;
    this.digests = digests;
  }

  /**
   * Returns why the file must be copied; empty if it need not.
   *
   * @throws TransferException.Configuration if digests are to be compared and there are none
   */
  Optional<SyncAction.Why> differs(ListedEntry source, ListedEntry target) {
    boolean isSizeKnown =
        source.sizeBytes() != FileEntry.UNKNOWN_SIZE
            && target.sizeBytes() != FileEntry.UNKNOWN_SIZE;
    if (isSizeKnown && source.sizeBytes() != target.sizeBytes()) {
      return Optional.of(SyncAction.Why.SIZE);
    }
    return switch (compare) {
      case SIZE -> isSizeKnown ? Optional.empty() : Optional.of(SyncAction.Why.UNKNOWN);
      case SIZE_MTIME ->
          !isSizeKnown || source.modified().isEmpty() || target.modified().isEmpty()
              ? Optional.of(SyncAction.Why.UNKNOWN)
              : Optional.of(SyncAction.Why.TIME).filter(time -> !isSameTime(source, target));
      case DIGEST ->
          isDigestEqual(source.path(), target.path())
              ? Optional.empty()
              : Optional.of(SyncAction.Why.DIGEST);
    };
  }

  private boolean isDigestEqual(String source, String target) {
    return digests
        .isEqual(source, target)
        .orElseThrow(
            () ->
                new TransferException.Configuration(
                    "Cannot compare %s by digest: the two sides compute none that is the same; compare by size and time"
                        .formatted(source)));
  }

  /** Says whether both times are known and apart by no more than the tolerance. */
  boolean isSameTime(ListedEntry source, ListedEntry target) {
    return source
        .modified()
        .flatMap(one -> target.modified().map(other -> apart(one, other)))
        .filter(apart -> apart.compareTo(tolerance) <= 0)
        .isPresent();
  }

  /** Says whether the target was modified after the source, by more than the tolerance. */
  boolean isTargetNewer(ListedEntry source, ListedEntry target) {
    return source
        .modified()
        .flatMap(one -> target.modified().filter(one::isBefore))
        .filter(newer -> !isSameTime(source, target))
        .isPresent();
  }

  private static Duration apart(Instant one, Instant other) {
    return Duration.between(KeptTime.of(one), KeptTime.of(other)).abs();
  }
}
