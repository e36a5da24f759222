package io.waybill.transfer.remote;

import java.time.Duration;

/** Waits; handed in so that tests need not. */
@FunctionalInterface
public interface Sleeper {
  /**
   * Waits that long.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  void sleep(Duration duration) throws InterruptedException;
}
