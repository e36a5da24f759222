package io.waybill.scheduler;

/** Says what made a job fire. */
public enum TriggerKind {
  /** Its schedule. */
  SCHEDULE,
  /** A process that runs the job itself, without the scheduler; nobody goes on with it. */
  LOCAL,
  /** A person or program, through {@link Scheduler#trigger}. */
  MANUAL,
  /**
   * Something that the job waits for, such as a file or the end of another job. No overlap policy
   * skips such a run, as nothing would ever ask for it again: it waits.
   */
  EVENT,
  /** A run of the same job, as one part of its work: {@link Scheduler#fanOut}. */
  SHARD
}
