package io.waybill.jobs.run;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread that looks at the clock for everybody: timeouts of attempts, leases of runs. */
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  Watchdog() {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "waybill-watchdog");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Does something once, unless the watch is closed before. */
  Watch after(Duration delay, Runnable action) {
    return watch(timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Does something again and again until the watch is closed; an exception ends it. */
  Watch every(Duration period, Runnable action) {
    return watch(
        timer.scheduleWithFixedDelay(
            action, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS));
  }

  private static Watch watch(ScheduledFuture<?> future) {
    return () -> future.cancel(false);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** Something that is watched; closing it ends the watch. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
