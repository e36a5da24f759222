package io.waybill.jobs;

/** Says where an item of a job's {@code each} is. */
public enum ItemState {
  /** It was not begun, or waits for its next attempt. */
  WAITING,
  RUNNING,
  SUCCEEDED,
  FAILED,
  /** Nobody knows whether its effect happened; a person resolves it. */
  UNKNOWN
}
