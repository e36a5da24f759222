package io.waybill.transfer;

/** Whether a transfer makes use of something that sometimes pays. */
public enum Use {
  /** Where it looks as if it pays. */
  AUTO,
  /** Wherever both ends can. */
  ALWAYS,
  /** Nowhere. */
  NEVER
}
