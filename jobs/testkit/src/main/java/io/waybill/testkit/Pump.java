package io.waybill.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Forwards one direction of one connection, byte-exact up to the place where a fault strikes. */
final class Pump {
  private final FaultyProxy proxy;
  private final ProxiedConnection connection;
  private final Direction direction;
  private final Socket from;
  private final Socket to;
  private final AtomicLong counter;
  private final byte[] buffer = new byte[16 * 1024];
  private long passedBytes;
  private int toOmit;
  private @Nullable ArmedPlan suffered;

  Pump(
      FaultyProxy proxy,
      ProxiedConnection connection,
      Direction direction,
      Socket from,
      Socket to) {
    this.proxy = proxy;
    this.connection = connection;
    this.direction = direction;
    this.from = from;
    this.to = to;
    this.counter = proxy.counter(direction);
  }

  /** Forwards until the source ends, the connection breaks or a fault ends this direction. */
  void run() throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    int length;
    while ((length = in.read(buffer)) >= 0) {
      if (!forward(length, out)) {
        return;
      }
    }
    to.shutdownOutput();
  }

  /** Forwards a full buffer; false if a fault ended this direction on the way. */
  private boolean forward(int length, OutputStream out) throws IOException, InterruptedException {
    int offset = 0;
    while (offset < length) {
      int omitted = Math.min(toOmit, length - offset);
      toOmit -= omitted;
      offset += omitted;
      ArmedPlan armed = dueHere();
      int harmless = length - offset;
      if (armed != null) {
        long untilStrike = Math.max(0, armed.plan().afterBytes() - passedBytes);
        harmless = (int) Math.min(harmless, untilStrike);
      }
      out.write(buffer, offset, harmless);
      counter.addAndGet(harmless);
      passedBytes += harmless;
      offset += harmless;
      if (offset < length && armed != null && proxy.strike(armed)) {
        suffered = armed;
        if (!suffer(armed.plan(), offset)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Does what the plan says to the byte at {@code offset}; false if this direction has ended. */
  private boolean suffer(FaultPlan plan, int offset) throws IOException, InterruptedException {
    switch (plan.fault()) {
      case CUT -> connection.cut();
      case RESET -> connection.reset();
      case STALL -> connection.awaitClosed();
      case HALF_CLOSE -> {
        to.shutdownOutput();
        from.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
      case CORRUPT_ONE_BYTE -> {
        buffer[offset] = (byte) ~buffer[offset];
        return true;
      }
      case OMIT_BYTES -> {
        toOmit = FaultyProxy.OMITTED_BYTES;
        return true;
      }
      case DELAY -> {
        return !connection.isClosedWithin(plan.delay());
      }
      case REFUSE -> throw new IllegalStateException("REFUSE strikes before the first byte");
    }
    return false;
  }

  private @Nullable ArmedPlan dueHere() {
    ArmedPlan armed = proxy.armed();
    boolean mine =
        armed != null
            && armed != suffered
            && armed.plan().direction() == direction
            && armed.plan().fault() != Fault.REFUSE;
    return mine ? armed : null;
  }
}
