package io.waybill.jobs;

/** Hears how far a step is. Called on the step's own thread: an implementation must not block. */
@FunctionalInterface
public interface StepProgress {
  /** Hears nothing. */
  StepProgress NONE = (item, done, total) -> {};

  /**
   * Called when the step has moved on.
   *
   * @param item what is being worked on, a file's name mostly
   * @param doneBytes so far, of this item
   * @param totalBytes of this item, or -1 where nobody knows
   */
  void moved(String item, long doneBytes, long totalBytes);
}
