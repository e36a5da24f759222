package io.waybill.scheduler;

/** Says where a run is in its life. */
public enum RunState {
  /** Recorded, and waiting to be claimed. */
  QUEUED,
  /** At work. */
  RUNNING,
  /** Waiting for its next attempt. */
  RETRYING,
  /** Did everything. */
  SUCCEEDED,
  /** Did some of its items, and others failed. */
  PARTIAL,
  /** Failed, and retries are spent or useless. */
  FAILED,
  /** Ended by its timeout. */
  TIMED_OUT,
  /** Ended by a person. */
  CANCELLED,
  /** Never started, for the reason in its message. */
  SKIPPED,
  /** Nobody knows whether its effect happened; a person resolves it. */
  UNKNOWN;

  /** Returns whether a person may have a run in this state tried again. */
  public boolean isRetriable() {
    return this == PARTIAL
        || this == FAILED
        || this == TIMED_OUT
        || this == CANCELLED
        || this == UNKNOWN;
  }

  /** Returns whether nothing more will happen by itself to a run in this state. */
  public boolean isFinished() {
    return this != QUEUED && this != RUNNING && this != RETRYING;
  }
}
