package io.waybill.transfer.remote;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread for all that has to happen at a time, gone while there is nothing to wait for. */
final class Alarms {
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private Alarms() {}

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "waybill-remote-alarms");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(3, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    return clock;
  }

  /** Does something after a time, unless that is cancelled; it must not block. */
  static Future<?> after(Duration time, Runnable work) {
    return CLOCK.schedule(work, time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
