package io.waybill.transfer;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What one transfer shall do beyond the ordinary. */
public final class TransferOptions {
  private static final TransferOptions DEFAULTS = builder().build();

  private final Verification atLeast;
  private final Digest.Algorithm digest;
  private final TransferListener listener;
  private final TargetPolicy targetPolicy;
  private final Optional<Duration> deadline;
  private final Duration stallTimeout;

  private TransferOptions(Builder builder) {
    this.atLeast = builder.atLeast;
    this.digest = builder.digest;
    this.listener = builder.listener;
    this.targetPolicy = builder.targetPolicy;
    this.deadline = builder.deadline;
    this.stallTimeout = builder.stallTimeout;
  }

  /** Returns the options used when none are given. */
  public static TransferOptions defaults() {
    return DEFAULTS;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from these. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    deadline.ifPresent(builder::deadline);
    return builder
        .stallTimeout(stallTimeout)
        .atLeast(atLeast)
        .digest(digest)
        .listener(listener)
        .targetPolicy(targetPolicy);
  }

  /** Returns the level below which a transfer fails; default {@link Verification#SIZE}. */
  public Verification atLeast() {
    return atLeast;
  }

  /** Returns the digest the receipt shall carry; default {@link Digest.Algorithm#SHA_256}. */
  public Digest.Algorithm digest() {
    return digest;
  }

  /** Returns who is told about progress; default nobody. */
  public TransferListener listener() {
    return listener;
  }

  /** Returns what to do with an existing target; default {@link TargetPolicy#SKIP_EQUAL}. */
  public TargetPolicy targetPolicy() {
    return targetPolicy;
  }

  /** Returns the longest time for a whole transfer, waits and retries included; default none. */
  public Optional<Duration> deadline() {
    return deadline;
  }

  /**
   * Returns after how long without progress the connection is given up and made again, even if the
   * other end says that it lives; default 5 minutes, zero for never.
   */
  public Duration stallTimeout() {
    return stallTimeout;
  }

  /** Collects options. */
  public static final class Builder {
    private Verification atLeast = Verification.SIZE;
    private Digest.Algorithm digest = Digest.Algorithm.SHA_256;
    private TransferListener listener = TransferListener.NONE;
    private TargetPolicy targetPolicy = TargetPolicy.SKIP_EQUAL;

    private Optional<Duration> deadline = Optional.empty();
    private Duration stallTimeout = Duration.ofMinutes(5);

    private Builder() {}

    /** Sets the level below which the transfer fails. */
    public Builder atLeast(Verification level) {
      this.atLeast = Objects.requireNonNull(level);
      return this;
    }

    /** Sets the digest that the receipt shall carry. */
    public Builder digest(Digest.Algorithm algorithm) {
      this.digest = Objects.requireNonNull(algorithm);
      return this;
    }

    /** Sets who is told about progress. */
    public Builder listener(TransferListener value) {
      this.listener = Objects.requireNonNull(value);
      return this;
    }

    /** Sets what to do with an existing target. */
    public Builder targetPolicy(TargetPolicy policy) {
      this.targetPolicy = Objects.requireNonNull(policy);
      return this;
    }

    /**
     * Sets the longest time for a whole transfer; what arrived by then is kept for a resume.
     *
     * @throws IllegalArgumentException unless it is positive
     */
    public Builder deadline(Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException("deadline is " + value);
      }
      this.deadline = Optional.of(value);
      return this;
    }

    /**
     * Sets after how long without progress the connection is made again; zero for never.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder stallTimeout(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("stallTimeout is " + value);
      }
      this.stallTimeout = value;
      return this;
    }

    /** Builds the options. */
    public TransferOptions build() {
      return new TransferOptions(this);
    }
  }
}
