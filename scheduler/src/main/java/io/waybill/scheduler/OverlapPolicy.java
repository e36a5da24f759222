package io.waybill.scheduler;

/** Says what happens to a firing whose job still has a live run. */
public enum OverlapPolicy {
  /** The new firing is not run; its row is {@code SKIPPED} and names the live run. */
  SKIP,
  /** Both run. */
  ALLOW
}
