package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;

/** Where runs and attempts are recorded: whatever is read or written there, in transactions. */
interface RunRecords {

  /** Does something with the rows, which is committed afterwards. */
  @FunctionalInterface
  interface Work<T> {
    T with(RunRows rows);
  }

  /**
   * Commits what the work wrote, or takes it back if it throws.
   *
   * @param doing what is being done, for a message
   * @throws SlotTaken if the work records a run whose slot has one
   * @throws SchedulerException.StoreFailed if the store does
   */
  <T> T run(String doing, Work<T> work);

  /**
   * As {@link #run}, but tries again for a minute if the store is only away. The work must find out
   * by itself whether a commit whose answer was lost is there.
   */
  <T> T patiently(String doing, Work<T> work);

  /** A slot has a run already; two that record one at the same time find out only then. */
  final class SlotTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlotTaken(String slot) {
      super("there is a run of " + slot);
    }

    SlotTaken(String slot, SqlFailure cause) {
      super("there is a run of " + slot, cause);
    }
  }
}
