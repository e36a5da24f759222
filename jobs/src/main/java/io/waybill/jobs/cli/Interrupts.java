package io.waybill.jobs.cli;

import io.waybill.Waybill;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM while a run is at work: the run is cancelled, its end is written down, then
 * the process ends.
 */
final class Interrupts implements AutoCloseable {
  private static final long LONGEST_WAIT_SECONDS = 20;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private Interrupts(Waybill waybill) {
    hook =
        new Thread(
            () -> {
              waybill.cancelAll();
              awaitEnd();
            },
            "waybill-interrupt");
  }

  static Interrupts cancelling(Waybill waybill) {
    Interrupts interrupts = new Interrupts(waybill);
    Runtime.getRuntime().addShutdownHook(interrupts.hook);
    return interrupts;
  }

  // The process ends when the hook does: it waits until the main thread has written the run's end.
  private void awaitEnd() {
    try {
      if (!done.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("waybill: the run did not end in time; its end is not written down");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending already, which is what the hook is for
    }
  }
}
