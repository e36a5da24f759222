package io.waybill.jobs.step;

import io.waybill.transfer.FileEntry;
import java.time.Instant;
import java.util.Optional;

/** Size and time of a file, by which a person tells one version of it from another. */
final class SourceWords {
  private SourceWords() {}

  static String of(Optional<FileEntry> entry) {
    return entry.map(each -> of(each.sizeBytes(), each.modified())).orElse("no file");
  }

  static String of(long sizeBytes, Optional<Instant> modified) {
    return (sizeBytes < 0 ? "an unknown size" : sizeBytes + " bytes")
        + modified.map(time -> " of " + time).orElse("");
  }

  /** Says whether both are there, with one size and one time. */
  static boolean isSame(Optional<FileEntry> one, Optional<FileEntry> other) {
    return one.isPresent()
        && other.isPresent()
        && one.get().sizeBytes() == other.get().sizeBytes()
        && one.get().modified().equals(other.get().modified());
  }
}
