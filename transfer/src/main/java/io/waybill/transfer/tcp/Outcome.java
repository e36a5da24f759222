package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Verification;
import java.util.List;
import java.util.Optional;

/**
 * How one file's transfer ended.
 *
 * @param sizeBytes the size of the file
 * @param digests what both ends agree on; none if an equal target was not read
 * @param level how far that is proven
 * @param isSkipped whether an equal target was there and nothing was written
 * @param resumedBytes how much an earlier try had brought when the last one began
 * @param target what the file is called, if its own name was taken: a remote path for an upload,
 *     else a name
 * @param tls how the connection was protected
 */
record Outcome(
    long sizeBytes,
    List<Digest> digests,
    Verification level,
    boolean isSkipped,
    long resumedBytes,
    Optional<String> target,
    Optional<String> tls) {

  /** An equal target was there and not even read. */
  static Outcome unread(long sizeBytes, Optional<String> tls) {
    return new Outcome(
        sizeBytes, List.of(), Verification.SIZE_MTIME, true, 0, Optional.empty(), tls);
  }
}
