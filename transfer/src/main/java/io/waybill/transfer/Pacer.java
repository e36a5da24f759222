package io.waybill.transfer;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what passes to a {@link RateLimit}: a bucket that fills at the rate and holds 100 ms of it.
 * Whoever takes more than is there waits until that is paid for; several threads wait one behind
 * the other, so each gets its turn. May stand on another one, which is asked too: of a server, say,
 * below one of a connection. Safe for use by several threads.
 *
 * <p>Worked, with 10 MiB/s: the bucket holds 1 MiB. Of slices of 256 KiB four go at once, the fifth
 * after 25 ms, and each further one 25 ms later.
 */
public final class Pacer {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long BURST_NANOS = Duration.ofMillis(100).toNanos();
  // so that a new entry of the timetable counts at once for those who wait
  private static final long LONGEST_SLEEP_NANOS = Duration.ofMillis(100).toNanos();

  private final RateLimit limit;
  private final @Nullable Pacer below;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final Sleeper sleeper;
  private double tokens = Double.NaN;
  private long filledAt;
  private long nextTicket;
  private long served;

  /** Waits; injected so that tests need not. */
  @FunctionalInterface
  public interface Sleeper {
    /** Waits that long, or throws as soon as the thread is interrupted. */
    void sleep(Duration duration) throws InterruptedException;
  }

  private Pacer(
      RateLimit limit,
      @Nullable Pacer below,
      InstantSource clock,
      LongSupplier nanoClock,
      Sleeper sleeper) {
    this.limit = limit;
    this.below = below;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.sleeper = sleeper;
  }

  /** Makes one that runs by this machine's clocks. */
  public static Pacer of(RateLimit limit) {
    return new Pacer(
        limit,
        null,
        InstantSource.system(),
        System::nanoTime,
        duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()));
  }

  /** Makes one that runs by the clocks it is given. */
  public static Pacer of(
      RateLimit limit, InstantSource clock, LongSupplier nanoClock, Sleeper sleeper) {
    return new Pacer(limit, null, clock, nanoClock, sleeper);
  }

  /** Returns the same limit on top of another: what passes here counts there as well. */
  public Pacer over(Pacer other) {
    return new Pacer(limit, other, clock, nanoClock, sleeper);
  }

  /** Returns one with a limit of its own, whose bytes count here as well. */
  public Pacer above(RateLimit own) {
    return new Pacer(own, this, clock, nanoClock, sleeper);
  }

  /** Says whether bytes never wait. */
  public boolean isUnlimited() {
    return limit.isUnlimited() && (below == null || below.isUnlimited());
  }

  /** Returns the most bytes that go at once now, at least one: 100 ms of the rate. */
  public long burstBytes() {
    long rate = limit.bytesPerSecond(clock.instant());
    long own = rate == RateLimit.UNLIMITED ? rate : Math.max(1, rate / (SECOND / BURST_NANOS));
    return below == null ? own : Math.min(own, below.burstBytes());
  }

  /**
   * Waits until that many bytes may have passed.
   *
   * @throws InterruptedIOException if the thread is interrupted; its flag is set again
   */
  public void pass(int bytes) throws InterruptedIOException {
    Pacer other = below;
    if (other != null) {
      other.pass(bytes);
    }
    if (bytes > 0 && !limit.isUnlimited()) {
      passHere(bytes);
    }
  }

  private void passHere(int bytes) throws InterruptedIOException {
    long ticket = draw();
    double left = bytes;
    try {
      while (left > 0) {
        Took took = take(ticket, left);
        left -= took.bytes;
        if (left > 0) {
          sleeper.sleep(Duration.ofNanos(took.waitNanos));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while keeping to " + limit);
    } finally {
      leave();
    }
  }

  private record Took(double bytes, long waitNanos) {}

  private synchronized long draw() {
    return nextTicket++;
  }

  private synchronized void leave() {
    served++;
  }

  /** Takes what is there, if it is this one's turn, and says how long to wait for more. */
  private synchronized Took take(long ticket, double wanted) {
    long rate = limit.bytesPerSecond(clock.instant());
    if (rate == RateLimit.UNLIMITED) {
      tokens = Double.NaN;
      return new Took(wanted, 0);
    }
    double full = (double) rate * BURST_NANOS / SECOND;
    long now = nanoClock.getAsLong();
    double grown = Double.isNaN(tokens) ? full : tokens + (double) rate * (now - filledAt) / SECOND;
    tokens = Math.min(full, grown);
    filledAt = now;
    boolean isFirst = ticket <= served;
    double taken = isFirst ? Math.min(tokens, wanted) : 0;
    tokens -= taken;
    double missing = Math.min(full, wanted - taken);
    long wait = (long) Math.ceil(missing * SECOND / rate);
    return new Took(taken, Math.max(1, Math.min(LONGEST_SLEEP_NANOS, wait)));
  }
}
