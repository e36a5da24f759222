package io.waybill.jobs;

/**
 * Hears what happens in runs. Called on the run's own thread: an implementation must not block, and
 * never steers.
 */
@FunctionalInterface
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE = event -> {};

  void on(RunEvent event);
}
