package io.waybill.scheduler;

/** Says how one try of a step ended, or that it has not. */
public enum AttemptState {
  /** At work. */
  RUNNING,
  /** Did what it should. */
  SUCCEEDED,
  /** Did some of its items, and others failed. */
  PARTIAL,
  /** Failed. */
  FAILED,
  /** Ended by its timeout. */
  TIMED_OUT,
  /** Ended by a person. */
  CANCELLED,
  /** Its process died or lost the run; what it did is found out by the next attempt. */
  INTERRUPTED,
  /** Not made: what it is for was decided to be left out, for the reason in its message. */
  SKIPPED,
  /** Nobody knows whether its effect happened. */
  UNKNOWN
}
