package io.waybill.mail.net;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that ends what takes too long; it does nothing that could wait. */
public final class Timer {
  /** Runs short tasks later; its thread ends by itself when there is nothing to wait for. */
  public static final ScheduledThreadPoolExecutor SHARED = shared();

  private static final Logger log = LoggerFactory.getLogger(Timer.class);

  private Timer() {}

  /** Does something that may take a moment on a thread of its own. */
  public static void elsewhere(String threadName, Runnable work) {
    Thread thread = new Thread(work, threadName);
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes what others wait on; they report how that ended for them. */
  static void closeQuietly(Closeable connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // The call that uses the connection reports its own failure; this one would only be noise.
      log.debug("mail.close-failed error={}", e.toString());
    }
  }

  private static ScheduledThreadPoolExecutor shared() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "waybill-mail-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }
}
