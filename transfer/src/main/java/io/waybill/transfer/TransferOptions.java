package io.waybill.transfer;

import io.waybill.transfer.Digest.Algorithm;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one transfer shall do beyond the ordinary. */
public final class TransferOptions {
  private static final TransferOptions DEFAULTS = builder().build();

  private final Verification atLeast;
  private final @Nullable Algorithm digest;
  private final @Nullable Digest expected;
  private final TransferListener listener;
  private final TargetPolicy targetPolicy;
  private final Integrity integrity;
  private final boolean preserveMode;
  private final boolean makeParents;
  private final Use compression;
  private final Use delta;
  private final Optional<Duration> deadline;
  private final Duration stallTimeout;

  private TransferOptions(Builder builder) {
    this.atLeast = builder.atLeast;
    this.digest = builder.digest;
    this.expected = builder.expected;
    this.listener = builder.listener;
    this.targetPolicy = builder.targetPolicy;
    this.integrity = builder.integrity;
    this.preserveMode = builder.preserveMode;
    this.makeParents = builder.makeParents;
    this.compression = builder.compression;
    this.delta = builder.delta;
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
    builder.digest = digest;
    builder.expected = expected;
    deadline.ifPresent(builder::deadline);
    return builder
        .stallTimeout(stallTimeout)
        .atLeast(atLeast)
        .listener(listener)
        .targetPolicy(targetPolicy)
        .integrity(integrity)
        .preserveMode(preserveMode)
        .makeParents(makeParents)
        .compression(compression)
        .delta(delta);
  }

  /** Returns the level below which a transfer fails; default {@link Verification#SIZE}. */
  public Verification atLeast() {
    return atLeast;
  }

  /**
   * Returns the digest the receipt shall carry; by default that of {@link #expected}, and without
   * one none is asked for, and it carries what the endpoint computes anyway: {@code sha-256-tree}
   * or {@code crc32c} over the waybill protocol, {@code sha-256} elsewhere.
   */
  public Optional<Algorithm> digest() {
    return Optional.ofNullable(digest).or(() -> expected().map(Digest::algorithm));
  }

  /**
   * Returns what the content must have; default nothing is known of it. A file that has another
   * digest is not published. One that is left alone because an equal target is there must have it,
   * too: a target on this machine or at a waybill server is read for that, else the source is.
   */
  public Optional<Digest> expected() {
    return Optional.ofNullable(expected);
  }

  /** Returns who is told about progress; default nobody. */
  public TransferListener listener() {
    return listener;
  }

  /** Returns what to do with an existing target; default {@link TargetPolicy#SKIP_EQUAL}. */
  public TargetPolicy targetPolicy() {
    return targetPolicy;
  }

  /**
   * Returns what both ends of the waybill protocol compare; default {@link Integrity#TREE}. Other
   * endpoints have no choice.
   */
  public Integrity integrity() {
    return integrity;
  }

  /** Says whether the copy gets the source's permission bits, where both ends have any; default. */
  public boolean preserveMode() {
    return preserveMode;
  }

  /** Says whether missing directories of the target are made; by default they must exist. */
  public boolean makeParents() {
    return makeParents;
  }

  /**
   * Returns whether chunks that this end sends are compressed; default {@link Use#AUTO}: those that
   * shrink, while the link is what limits.
   */
  public Use compression() {
    return compression;
  }

  /**
   * Returns whether chunks that an old target has at the same or another place are copied there;
   * default {@link Use#AUTO}: if the round trip takes 2 ms or more and the old target has 8 MiB or
   * more.
   */
  public Use delta() {
    return delta;
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
    private @Nullable Algorithm digest;
    private @Nullable Digest expected;
    private TransferListener listener = TransferListener.NONE;
    private TargetPolicy targetPolicy = TargetPolicy.SKIP_EQUAL;
    private Integrity integrity = Integrity.TREE;
    private boolean preserveMode = true;
    private boolean makeParents;
    private Use compression = Use.AUTO;
    private Use delta = Use.AUTO;

    private Optional<Duration> deadline = Optional.empty();
    private Duration stallTimeout = Duration.ofMinutes(5);

    private Builder() {}

    /** Sets the level below which the transfer fails. */
    public Builder atLeast(Verification level) {
      this.atLeast = Objects.requireNonNull(level);
      return this;
    }

    /** Sets the digest that the receipt shall carry. */
    public Builder digest(Algorithm algorithm) {
      this.digest = Objects.requireNonNull(algorithm);
      return this;
    }

    /**
     * Sets what the content must have, else nothing is published.
     *
     * @throws TransferException.Configuration unless it is one of SHA-256, SHA-512, SHA-1 and MD5
     */
    public Builder expected(Digest value) {
      switch (value.algorithm()) {
        case SHA_256, SHA_512, SHA_1, MD5 -> this.expected = value;
        case SHA_256_TREE, CRC32C ->
            throw new TransferException.Configuration(
                "A copy is not compared with a %s digest of elsewhere; give one of sha-256, sha-512, sha-1, md5"
                    .formatted(value.algorithm().label()));
      }
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

    /** Sets what both ends of the waybill protocol compare. */
    public Builder integrity(Integrity value) {
      this.integrity = Objects.requireNonNull(value);
      return this;
    }

    /** Sets whether the copy gets the source's permission bits. */
    public Builder preserveMode(boolean value) {
      this.preserveMode = value;
      return this;
    }

    /** Sets whether missing directories of the target are made. */
    public Builder makeParents(boolean value) {
      this.makeParents = value;
      return this;
    }

    /** Sets whether chunks are compressed. */
    public Builder compression(Use value) {
      this.compression = Objects.requireNonNull(value);
      return this;
    }

    /** Sets whether chunks of an old target are used. */
    public Builder delta(Use value) {
      this.delta = Objects.requireNonNull(value);
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

    /**
     * Builds the options.
     *
     * @throws TransferException.Configuration if {@link Integrity#CRC32C} is to reach {@link
     *     Verification#DIGEST}, or to yield the tree's digest
     */
    public TransferOptions build() {
      boolean isCrc = integrity == Integrity.CRC32C;
      if (isCrc && atLeast == Verification.DIGEST) {
        throw new TransferException.Configuration(
            "CRC32C finds accidents only and does not reach the verification level DIGEST; use"
                + " Integrity.TREE, or ask for SIZE_MTIME or READ_BACK");
      }
      if (isCrc && digest == Algorithm.SHA_256_TREE) {
        throw new TransferException.Configuration(
            "With CRC32C nothing is hashed, so there is no sha-256-tree digest; use Integrity.TREE");
      }
      return new TransferOptions(this);
    }
  }
}
