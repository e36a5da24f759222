package io.waybill.transfer.tcp;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a lost connection is made again: decorrelated jitter, {@code min(longest,
 * random between shortest and three times the last wait)}.
 *
 * <p>Worked with 0.5 s to 60 s: the first wait is 0.5 to 1.5 s; after one of 1.2 s, 0.5 to 3.6 s.
 */
public final class Backoff {
  private final Duration shortest;
  private final Duration longest;
  private final int mostFailures;
  private final Sleeper sleeper;
  private final RandomGenerator random;

  /** Waits; injected so that tests need not. */
  @FunctionalInterface
  public interface Sleeper {
    /** Waits that long, or throws as soon as the thread is interrupted. */
    void sleep(Duration duration) throws InterruptedException;
  }

  private Backoff(Builder builder) {
    this.shortest = builder.shortest;
    this.longest = builder.longest;
    this.mostFailures = builder.mostFailures;
    this.sleeper = builder.sleeper;
    this.random = builder.random;
  }

  /** Starts from the defaults: 0.5 s to 60 s, eight failures in a row. */
  public static Builder builder() {
    return new Builder();
  }

  Duration first() {
    return next(shortest);
  }

  Duration next(Duration last) {
    long least = shortest.toNanos();
    long most = Math.min(longest.toNanos(), Math.max(least + 1, 3 * last.toNanos()));
    return Duration.ofNanos(random.nextLong(least, Math.max(most, least + 1)));
  }

  /** How many tries without any progress may fail before the caller is told. */
  int mostFailures() {
    return mostFailures;
  }

  void sleep(Duration duration) throws InterruptedException {
    sleeper.sleep(duration);
  }

  /** Collects the parts of a back-off. */
  public static final class Builder {
    private Duration shortest = Duration.ofMillis(500);
    private Duration longest = Duration.ofSeconds(60);
    private int mostFailures = 8;
    private Sleeper sleeper = duration -> Thread.sleep(duration.toMillis());
    private RandomGenerator random = new Random();

    private Builder() {}

    /**
     * Sets the bounds of one wait; default 0.5 s to 60 s.
     *
     * @throws IllegalArgumentException unless {@code 0 < least <= most}
     */
    public Builder between(Duration least, Duration most) {
      if (least.isZero() || least.isNegative() || least.compareTo(most) > 0) {
        throw new IllegalArgumentException("a wait from " + least + " to " + most);
      }
      this.shortest = least;
      this.longest = most;
      return this;
    }

    /**
     * Sets how many tries in a row may fail without any progress; default 8.
     *
     * @throws IllegalArgumentException if that is less than one
     */
    public Builder mostFailures(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("mostFailures is " + value);
      }
      this.mostFailures = value;
      return this;
    }

    /** Sets how to wait; default {@link Thread#sleep}. */
    public Builder sleeper(Sleeper value) {
      this.sleeper = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the source of randomness. */
    public Builder random(RandomGenerator value) {
      this.random = Objects.requireNonNull(value);
      return this;
    }

    /** Builds the back-off. */
    public Backoff build() {
      return new Backoff(this);
    }
  }
}
