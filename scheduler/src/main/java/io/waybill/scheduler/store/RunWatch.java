package io.waybill.scheduler.store;

/** Hears what others decide about the runs that this process works on. Its methods return soon. */
public interface RunWatch {
  /**
   * Somebody asked that a run of this process ends.
   *
   * @param why for a person
   */
  void endRequested(String runId, String why);

  /** Another owner has taken over a run of this process; what it still writes is refused. */
  void lost(String runId);
}
