package io.waybill.jobs.log;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something each second, on a thread of its own, until it is closed. */
public final class EverySecond implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EverySecond.class);

  private final Runnable action;
  private final CountDownLatch end = new CountDownLatch(1);

  private EverySecond(Runnable action) {
    this.action = action;
  }

  /**
   * Begins.
   *
   * @param thread the thread's name
   * @param action what it logs and throws keeps nothing from the next time
   */
  public static EverySecond does(String thread, Runnable action) {
    EverySecond each = new EverySecond(action);
    Thread started = new Thread(each::untilItsEnd, thread);
    started.setDaemon(true);
    started.start();
    return each;
  }

  private void untilItsEnd() {
    try {
      while (!end.await(1, TimeUnit.SECONDS)) {
        once();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody ends the thread, and it ends
    }
  }

  private void once() {
    try {
      action.run();
    } catch (RuntimeException e) { // which would end the thread unheard
      LOG.error("event=not-done-this-second", e);
    }
  }

  /** Ends; what is being done just now comes to its end. */
  @Override
  public void close() {
    end.countDown();
  }
}
