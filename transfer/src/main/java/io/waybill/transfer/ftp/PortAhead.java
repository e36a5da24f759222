package io.waybill.transfer.ftp;

import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A port that the server told before it was needed: for one data connection, and not for long. */
final class PortAhead {
  private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LongSupplier nanoClock;
  private OptionalInt port = OptionalInt.empty();
  private long toldAt;

  PortAhead(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void remember(int told) {
    port = OptionalInt.of(told);
    toldAt = nanoClock.getAsLong();
  }

  /** Returns the port, once; empty if there is none that is still good. */
  OptionalInt take() {
    OptionalInt taken = nanoClock.getAsLong() - toldAt < GOOD_NANOS ? port : OptionalInt.empty();
    port = OptionalInt.empty();
    return taken;
  }
}
