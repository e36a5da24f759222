package io.waybill.jobs.trigger;

import io.waybill.scheduler.store.Lease;

/** Watches one source for as long as this process has the lease on it. */
interface SourceWatch {
  /**
   * Watches until it is ended, or there is trouble.
   *
   * @throws io.waybill.scheduler.SchedulerException.LeaseLost if another process watches it by now
   * @throws InterruptedException if the thread is to end
   */
  void run(Lease lease) throws InterruptedException;

  /** Has it look again soon: a run of its job has ended, or the ledger was changed. */
  void wake();

  /** Ends {@link #run}, whatever it is at. */
  void end();
}
