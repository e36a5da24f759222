package io.waybill.jobs.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM while something is at work: it is cancelled, its end is written down, then the
 * process ends.
 */
final class Interrupts implements AutoCloseable {
  private static final long LONGEST_WAIT_SECONDS = 20;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;
  private final Signals signals = Signals.noted();

  private Interrupts(Runnable cancel) {
    hook =
        new Thread(
            () -> {
              cancel.run();
              awaitEnd();
            },
            "waybill-interrupt");
  }

  /** Lets a signal call {@code cancel}, which must make the main thread come to its end soon. */
  static Interrupts cancelling(Runnable cancel) {
    Interrupts interrupts = new Interrupts(cancel);
    Runtime.getRuntime().addShutdownHook(interrupts.hook);
    return interrupts;
  }

  /** Returns which signal came; empty if none did, or one that is not told apart. */
  Optional<ExitCode> signal() {
    return signals.came();
  }

  // The process ends when the hook does: it waits until the main thread has written the run's end.
  private void awaitEnd() {
    try {
      if (!done.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("waybill: what was cancelled did not end in time");
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
