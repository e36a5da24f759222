package io.waybill.transfer.tcp;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
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

  /**
   * Says that the proof falls short; empty if it does not.
   *
   * @param what what was being done, "upload of a.bin to in/a.bin"
   * @param path the remote path it was about
   */
  Optional<TransferException.Integrity> shortOf(Verification wanted, String what, String path) {
    return level.atLeast(wanted)
        ? Optional.empty()
        : Optional.of(
            new TransferException.Integrity(
                path,
                wanted.toString(),
                level.toString(),
                "The %s reached verification level %s only, %s was asked for"
                    .formatted(what, level, wanted),
                null));
  }

  /** The digest that the caller asked for, or else what both ends compared; none if unread. */
  Optional<Digest> digest(TransferOptions options) {
    Digest.Algorithm wanted = options.digest().orElse(options.integrity().algorithm());
    return digests.stream().filter(each -> each.algorithm() == wanted).findFirst();
  }

  /**
   * A small file was published.
   *
   * @param identity its tree's root, checked where it arrived, or its CRC32C, checked as a part of
   *     its batch's
   */
  static Outcome ofSmall(long sizeBytes, Digest identity, Optional<String> tls) {
    Verification level =
        identity.algorithm() == Integrity.TREE.algorithm()
            ? Verification.DIGEST
            : Verification.SIZE_MTIME;
    return new Outcome(sizeBytes, List.of(identity), level, false, 0, Optional.empty(), tls);
  }

  /** An equal target was there and not even read. */
  static Outcome unread(long sizeBytes, Optional<String> tls) {
    return new Outcome(
        sizeBytes, List.of(), Verification.SIZE_MTIME, true, 0, Optional.empty(), tls);
  }
}
