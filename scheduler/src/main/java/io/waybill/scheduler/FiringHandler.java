package io.waybill.scheduler;

/** Does what a job does when it fires. */
@FunctionalInterface
public interface FiringHandler {
  /**
   * Handles one firing and returns when all its work is done.
   *
   * <p>Called on a scheduler thread, by several at once for different jobs. If the firing names a
   * run, the handler claims that run; otherwise it opens one. An interrupt means that the scheduler
   * is being closed. An exception is logged by the scheduler, and a run that the handler left
   * unfinished is then recorded as failed.
   */
  void fire(Firing firing);
}
