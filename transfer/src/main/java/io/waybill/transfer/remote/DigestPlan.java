package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Verification;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which digests a copy computes on the way.
 *
 * @param told the one in the receipt
 * @param remote whether the endpoint is asked for its own
 * @param expected the one of what the content must have, if that is known
 */
record DigestPlan(Digest.Algorithm told, boolean remote, Optional<Digest.Algorithm> expected) {

  /** Decides: with CRC32C as integrity, nothing stronger is computed unless it is asked for. */
  static DigestPlan of(TransferOptions options) {
    boolean light = options.integrity() == Integrity.CRC32C;
    Digest.Algorithm told =
        options.digest().orElse(light ? Digest.Algorithm.CRC32C : Digest.Algorithm.SHA_256);
    return new DigestPlan(
        told,
        !light || options.atLeast().atLeast(Verification.DIGEST),
        options.expected().map(Digest::algorithm));
  }

  /** Returns what runs along: what is told, what is expected, and what the endpoint can tell. */
  Set<Digest.Algorithm> running(Optional<Digest.Algorithm> offered) {
    Set<Digest.Algorithm> wanted = new LinkedHashSet<>();
    if (told != Digest.Algorithm.SHA_256_TREE) {
      wanted.add(told);
    }
    expected.ifPresent(wanted::add);
    if (remote) {
      offered.ifPresent(wanted::add);
    }
    return wanted;
  }

  /** Returns what a file that is read again is compared by. */
  Digest.Algorithm again() {
    return told == Digest.Algorithm.SHA_256_TREE ? Digest.Algorithm.SHA_256 : told;
  }
}
