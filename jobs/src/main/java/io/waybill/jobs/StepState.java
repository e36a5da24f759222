package io.waybill.jobs;

/** Says where a step of a run is. */
public enum StepState {
  /** Between its first attempt's start and its last one's end. */
  RUNNING,
  SUCCEEDED,
  FAILED,
  /** Its {@code if} was false, and it was left out. */
  SKIPPED,
  /** Nobody knows whether its effect happened; a person resolves it. */
  UNKNOWN
}
