package io.waybill.scheduler;

/** Says what happens to a firing whose job still has a live run. */
public enum OverlapPolicy {
  /** The new firing is not run; its row is {@code SKIPPED} and names the live run. */
  SKIP,
  /** The new firing waits until the live run and those that wait already have ended. */
  QUEUE,
  /** Both run. */
  ALLOW,
  /** The live run is cancelled, and the new firing runs once it has ended. */
  REPLACE
}
