package io.waybill.scheduler;

import java.time.Instant;

/** Does what a job does when it fires. */
@FunctionalInterface
public interface FiringHandler {
  /**
   * Handles one firing and returns when all its work is done, or waits for a later attempt.
   *
   * <p>Called on a scheduler thread, by several at once for different runs. A scheduler with a
   * store hands over {@link Firing#run}, claimed for this process: the handler finishes it, or
   * releases it until its next attempt, before it returns. An interrupt means that the scheduler is
   * being closed. An exception is logged by the scheduler, and a run that the handler left
   * unfinished is then recorded as failed; if what failed is the store, the run is fired again.
   */
  void fire(Firing firing);

  /**
   * Returns whether it knows what to do for a job. Where several nodes share a store, a job that it
   * does not know is left to the others.
   */
  default boolean knows(String job) {
    return true;
  }

  /**
   * Returns what the row of a run carries that the job's schedule makes: what the run does besides
   * the job's definition, such as its parameters. Two runs with the same do the same.
   */
  default String payload(String job, Instant scheduledAt) {
    return "";
  }

  /** Hears of a run that ended without being fired (again): skipped, superseded or cancelled. */
  default void ended(Run run) {}
}
