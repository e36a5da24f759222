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

  /**
   * Called when there is something to tell that is no failure.
   *
   * @param sentence for a person
   */
  default void noted(String sentence) {}

  /**
   * Called when a file is where it belongs, brought there by this attempt or an earlier one. The
   * record of an attempt that does not succeed tells of it.
   *
   * @param source what it was, as a job file writes a location
   * @param location where it is now; empty if it is nowhere
   */
  default void fileDone(String source, String location) {}

  /**
   * Called when something could not be done with a file. The record of an attempt that does not
   * succeed tells of it.
   *
   * @param source as a job file writes a location
   * @param why for a person
   */
  default void fileFailed(String source, String why) {}
}
