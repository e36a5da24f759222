package io.waybill.jobs;

/**
 * Hears what happens in runs. Called on the threads that work on them, several at a time: an
 * implementation must not block, and never steers.
 */
@FunctionalInterface
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE = event -> {};

  void on(RunEvent event);
}
