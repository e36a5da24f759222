package io.waybill.jobs;

/** Says whether a job is fired by its schedule. */
public enum JobState {
  /** It is. */
  ENABLED,
  /** Not until somebody resumes it; also if the file says {@code enabled: false}. */
  PAUSED,
  /** The file says {@code enabled: false}. */
  DISABLED
}
