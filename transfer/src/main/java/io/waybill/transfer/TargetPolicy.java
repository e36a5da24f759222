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
  FAIL
}
