package io.waybill.jobs.pgp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who has signed a file.
 *
 * @param keys the numbers of the keys that have, among those that were asked for
 * @param signedAt when the first of them did
 */
public record PgpProof(List<String> keys, Optional<Instant> signedAt) {
  /** What nobody has signed, or nobody was asked about. */
  static final PgpProof NONE = new PgpProof(List.of(), Optional.empty());

  public PgpProof {
    keys = List.copyOf(keys);
  }
}
