package io.waybill.transfer;

/** What happens when the target is there already. */
public enum TargetPolicy {
  /**
   * Leaves a target alone whose size and modification time, or size and digest, are the source's;
   * replaces any other.
   */
  SKIP_EQUAL,
  /** Replaces it, atomically, in every case. */
  REPLACE,
  /** Fails with {@link TransferException.Refused}. */
  FAIL,
  /**
   * Leaves it alone and takes the next free name: {@code report (2).csv} for {@code report.csv}.
   */
  RENAME,
  /**
   * Appends the source's bytes to it, all or none: the published file is a new one made of both,
   * and the old one stays until that is whole. Not idempotent: when the connection is lost between
   * the publication and its answer, nobody knows whether to append again, so that such a transfer
   * is {@link TransferException.Ambiguous}.
   */
  APPEND
}
