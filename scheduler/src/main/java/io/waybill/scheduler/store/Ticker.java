package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does things again and again, on one thread of its own; a failure is logged and ends nothing. */
public final class Ticker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private final String name;
  private final ScheduledThreadPoolExecutor timer;
  private final List<ScheduledFuture<?>> ticks = new ArrayList<>();

  /** Makes one whose thread has this name. */
  public Ticker(String name) {
    this.name = name;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Does something each time the period has passed since it was done. */
  public synchronized void every(Duration period, Runnable work) {
    ticks.add(
        timer.scheduleWithFixedDelay(
            () -> tick(work), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void tick(Runnable work) {
    try {
      work.run();
    } catch (SchedulerException e) {
      LOG.warn("event=tick_failed ticker={}", name, e); // the store is away: it is tried again
    } catch (RuntimeException e) {
      LOG.error("event=tick_failed ticker={}", name, e);
    }
  }

  @Override
  public synchronized void close() {
    ticks.forEach(tick -> tick.cancel(false));
    timer.shutdownNow();
  }
}
