package io.waybill.scheduler;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Decides whether a failed attempt is followed by another, and after what delay.
 *
 * <p>The delay before attempt {@code n + 1} is {@code initial * multiplier^(n - 1)}, at most {@code
 * max}, then spread by {@code jitter}. With the defaults (10 s, x 3, at most 10 min, 20 %): 10 s,
 * 30 s, 90 s, 270 s, each plus or minus up to a fifth. Immutable; safe for use by many threads.
 */
public final class RetryPolicy {
  private final int maxAttempts;
  private final Duration initialDelay;
  private final Duration maxDelay;
  private final double multiplier;
  private final double jitter;
  private final Set<FailureClass> retried;
  private final Optional<Duration> giveUpAfter;

  private RetryPolicy(Builder builder) {
    maxAttempts = builder.maxAttempts;
    initialDelay = builder.initialDelay;
    maxDelay = builder.maxDelay;
    multiplier = builder.multiplier;
    jitter = builder.jitter;
    retried = Set.copyOf(builder.retried);
    giveUpAfter = builder.giveUpAfter;
  }

  /** Returns a builder with the defaults: 5 attempts, 10 s x 3 up to 10 min, 20 % jitter. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the policy that never tries again. */
  public static RetryPolicy none() {
    return builder().maxAttempts(1).build();
  }

  /** Returns a builder that starts from this policy. */
  public Builder toBuilder() {
    Builder copy =
        builder()
            .maxAttempts(maxAttempts)
            .backoff(initialDelay, maxDelay, multiplier)
            .jitter(jitter)
            .when(retried);
    giveUpAfter.ifPresent(copy::giveUpAfter);
    return copy;
  }

  /**
   * Returns the delay before the next attempt, or empty when there is none.
   *
   * @param failedAttempts attempts made so far, all failed, from 1
   * @param failure the class of the latest failure
   * @param sinceFirstAttempt time since the first attempt started
   * @param random source of the jitter
   * @throws IllegalArgumentException if {@code failedAttempts < 1}
   */
  public Optional<Duration> delayAfter(
      int failedAttempts,
      FailureClass failure,
      Duration sinceFirstAttempt,
      RandomGenerator random) {
    if (failedAttempts < 1) {
      throw new IllegalArgumentException("failedAttempts starts at 1, was " + failedAttempts);
    }
    if (failedAttempts >= maxAttempts || !retried.contains(failure)) {
      return Optional.empty();
    }
    Duration delay = spread(unspreadDelay(failedAttempts), random);
    boolean tooLate =
        giveUpAfter.filter(limit -> sinceFirstAttempt.plus(delay).compareTo(limit) > 0).isPresent();
    return tooLate ? Optional.empty() : Optional.of(delay);
  }

  private double unspreadDelay(int failedAttempts) {
    double millis = (double) initialDelay.toMillis() * Math.pow(multiplier, failedAttempts - 1);
    return Math.min(millis, (double) maxDelay.toMillis());
  }

  private Duration spread(double millis, RandomGenerator random) {
    double factor = 1 + jitter * (2 * random.nextDouble() - 1);
    return Duration.ofMillis(Math.round(millis * factor));
  }

  /** Returns the number of attempts in all, the first one included. */
  public int maxAttempts() {
    return maxAttempts;
  }

  /** Returns the failure classes that are followed by another attempt. */
  public Set<FailureClass> retried() {
    return retried;
  }

  /** Returns the time after the first attempt beyond which none is started. */
  public Optional<Duration> giveUpAfter() {
    return giveUpAfter;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RetryPolicy that
        && maxAttempts == that.maxAttempts
        && initialDelay.equals(that.initialDelay)
        && maxDelay.equals(that.maxDelay)
        && Double.compare(multiplier, that.multiplier) == 0
        && Double.compare(jitter, that.jitter) == 0
        && retried.equals(that.retried)
        && giveUpAfter.equals(that.giveUpAfter);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        maxAttempts, initialDelay, maxDelay, multiplier, jitter, retried, giveUpAfter);
  }

  @Override
  public String toString() {
    return "RetryPolicy[attempts=%d, delay=%s x %s up to %s, jitter=%s, when=%s, giveUpAfter=%s]"
        .formatted(
            maxAttempts,
            initialDelay,
            multiplier,
            maxDelay,
            jitter,
            retried,
            giveUpAfter.map(Duration::toString).orElse("never"));
  }

  /** Builds a {@link RetryPolicy}. */
  public static final class Builder {
    private int maxAttempts = 5;
    private Duration initialDelay = Duration.ofSeconds(10);
    private Duration maxDelay = Duration.ofMinutes(10);
    private double multiplier = 3;
    private double jitter = 0.2;
    private Set<FailureClass> retried = EnumSet.of(FailureClass.TRANSIENT, FailureClass.INTEGRITY);
    private Optional<Duration> giveUpAfter = Optional.empty();

    private Builder() {}

    /**
     * Sets the number of attempts in all, the first one included.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public Builder maxAttempts(int attempts) {
      require(attempts >= 1, "maxAttempts is at least 1, was " + attempts);
      maxAttempts = attempts;
      return this;
    }

    /**
     * Sets the delay after the first failure, its ceiling, and its growth.
     *
     * @throws IllegalArgumentException if {@code initial} is negative, {@code max < initial}, or
     *     {@code multiplier < 1} or not finite
     */
    public Builder backoff(Duration initial, Duration max, double multiplier) {
      require(!initial.isNegative(), "initial delay is negative: " + initial);
      require(max.compareTo(initial) >= 0, "max delay " + max + " is below initial " + initial);
      require(
          multiplier >= 1 && Double.isFinite(multiplier),
          "multiplier is at least 1, was " + multiplier);
      initialDelay = initial;
      maxDelay = max;
      this.multiplier = multiplier;
      return this;
    }

    /**
     * Sets the share of each delay, 0 to 1, by which it is randomly lengthened or shortened.
     *
     * @throws IllegalArgumentException if outside 0 to 1
     */
    public Builder jitter(double share) {
      require(share >= 0 && share <= 1, "jitter is 0 to 1, was " + share);
      jitter = share;
      return this;
    }

    /**
     * Sets the failure classes that are retried.
     *
     * @throws IllegalArgumentException if {@code AMBIGUOUS} is among them: nobody knows whether the
     *     effect happened, so only a person may repeat it
     */
    public Builder when(Set<FailureClass> classes) {
      require(
          !classes.contains(FailureClass.AMBIGUOUS),
          "an ambiguous outcome is never retried by itself");
      retried = Set.copyOf(classes);
      return this;
    }

    /**
     * Sets the time after the first attempt beyond which no further attempt is started.
     *
     * @throws IllegalArgumentException if not positive
     */
    public Builder giveUpAfter(Duration limit) {
      require(!limit.isNegative() && !limit.isZero(), "giveUpAfter is positive, was " + limit);
      giveUpAfter = Optional.of(limit);
      return this;
    }

    /** Returns the policy. */
    public RetryPolicy build() {
      return new RetryPolicy(this);
    }

    private static void require(boolean condition, String message) {
      if (!condition) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
