package io.waybill.scheduler;

/** Says what made a job fire. */
public enum TriggerKind {
  /** Its schedule. */
  SCHEDULE,
  /** A process that runs the job itself, without the scheduler; nobody goes on with it. */
  LOCAL,
  /** A person or program, through {@link Scheduler#trigger}. */
  MANUAL,
  /** A run of the same job, as one part of its work: {@link Scheduler#fanOut}. */
  SHARD
}
