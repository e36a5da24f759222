package io.waybill.transfer;

import java.util.Objects;

/** What one transfer shall do beyond the ordinary. */
public final class TransferOptions {
  private static final TransferOptions DEFAULTS = builder().build();

  private final Verification atLeast;
  private final Digest.Algorithm digest;
  private final TransferListener listener;
  private final TargetPolicy targetPolicy;

  private TransferOptions(Builder builder) {
    this.atLeast = builder.atLeast;
    this.digest = builder.digest;
    this.listener = builder.listener;
    this.targetPolicy = builder.targetPolicy;
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
    return new Builder()
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

  /** Collects options. */
  public static final class Builder {
    private Verification atLeast = Verification.SIZE;
    private Digest.Algorithm digest = Digest.Algorithm.SHA_256;
    private TransferListener listener = TransferListener.NONE;
    private TargetPolicy targetPolicy = TargetPolicy.SKIP_EQUAL;

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

    /** Builds the options. */
    public TransferOptions build() {
      return new TransferOptions(this);
    }
  }
}
