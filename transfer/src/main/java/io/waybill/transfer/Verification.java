package io.waybill.transfer;

/** How far a copy was proven equal to its source; later constants prove more. */
public enum Verification {
  /** Nothing was compared. */
  NONE,
  /** Both ends agree on the length. */
  SIZE,
  /** Both ends agree on length and modification time. */
  SIZE_MTIME,
  /** Both ends computed the same digest, each over what it read or wrote. */
  DIGEST,
  /** The written file was read again after it was forced to the disk and has the digest. */
  READ_BACK;

  /** Says whether this level proves at least as much as the other. */
  public boolean atLeast(Verification other) {
    return compareTo(other) >= 0;
  }
}
