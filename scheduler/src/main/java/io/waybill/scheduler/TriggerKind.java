package io.waybill.scheduler;

/** Says what made a job fire. */
public enum TriggerKind {
  /** Its schedule. */
  SCHEDULE,
  /** A person or program, through {@link Scheduler#trigger}. */
  MANUAL
}
