package io.waybill.transfer.tcp.wire;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Says on a connection, now and then, that this end lives, as long as it is busy: the other end
 * then tells long work from a dead line.
 */
public final class Heartbeat implements Closeable {
  private static final long LOOK_MILLIS = 2000;
  private static final ScheduledThreadPoolExecutor CLOCK = Workers.clock("waybill-heartbeat");
  // a send may block, and must not keep the others waiting
  private static final ExecutorService SENDERS = Workers.create();

  private final Wire wire;
  private final BooleanSupplier isBusy;
  private final ScheduledFuture<?> ticks;

  /**
   * Begins.
   *
   * @param isBusy whether there is anything to say now
   */
  public Heartbeat(Wire wire, BooleanSupplier isBusy) {
    this.wire = wire;
    this.isBusy = isBusy;
    // often enough for whoever waits less than usual
    long millis = Math.max(1, Math.min(LOOK_MILLIS, wire.idle().toMillis() / 8));
    this.ticks = CLOCK.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (isBusy.getAsBoolean() && wire.isSilent()) {
      SENDERS.execute(this::beat);
    }
  }

  private void beat() {
    try {
      wire.keepAlive();
    } catch (IOException gone) {
      // whoever reads or writes next finds out, and says it better
      ticks.cancel(false);
    }
  }

  @Override
  public void close() {
    ticks.cancel(false);
  }
}
