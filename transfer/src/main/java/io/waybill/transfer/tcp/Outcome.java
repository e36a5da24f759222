package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Verification;
import java.util.List;

/**
 * How one file's transfer ended.
 *
 * @param sizeBytes the size of the file
 * @param digests what both ends agree on; none if an equal target was not read
 * @param level how far that is proven
 * @param isSkipped whether an equal target was there and nothing was written
 * @param resumedBytes how much did not travel over the last connection
 */
record Outcome(
    long sizeBytes,
    List<Digest> digests,
    Verification level,
    boolean isSkipped,
    long resumedBytes) {

  /** An equal target was there and not even read. */
  static Outcome unread(long sizeBytes) {
    return new Outcome(sizeBytes, List.of(), Verification.SIZE_MTIME, true, 0);
  }
}
