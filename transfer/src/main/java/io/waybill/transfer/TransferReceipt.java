package io.waybill.transfer;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Proof of one file's transfer: what it was, how far it was proven, and what it took. */
public final class TransferReceipt {
  private final Location source;
  private final Location target;
  private final long bytes;
  private final @Nullable Digest digest;
  private final Verification verification;
  private final long bytesResumed;
  private final int attempts;
  private final int reconnects;
  private final Instant started;
  private final Duration duration;
  private final boolean skippedBecauseEqual;
  private final boolean renamed;
  private final long bytesSent;
  private final long bytesReused;
  private final @Nullable String tls;

  private TransferReceipt(Builder builder) {
    this.source = Objects.requireNonNull(builder.source, "source");
    this.target = Objects.requireNonNull(builder.target, "target");
    this.bytes = builder.bytes;
    this.digest = builder.digest;
    this.verification = builder.verification;
    this.bytesResumed = builder.bytesResumed;
    this.attempts = builder.attempts;
    this.reconnects = builder.reconnects;
    this.started = Objects.requireNonNull(builder.started, "started");
    this.duration = builder.duration;
    this.skippedBecauseEqual = builder.skippedBecauseEqual;
    this.renamed = builder.renamed;
    this.bytesSent = builder.bytesSent < 0 ? unresumed() : builder.bytesSent;
    this.bytesReused = builder.bytesReused;
    this.tls = builder.tls;
  }

  private long unresumed() {
    return skippedBecauseEqual ? 0 : Math.max(0, bytes - bytesResumed);
  }

  /** Starts an empty receipt; source, target and started are required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns where the file came from. */
  public Location source() {
    return source;
  }

  /** Returns where the file is now. */
  public Location target() {
    return target;
  }

  /** Returns the size of the file. */
  public long bytes() {
    return bytes;
  }

  /** Returns the file's digest; empty if it was skipped unread. */
  public Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  /** Returns the level of proof reached. */
  public Verification verification() {
    return verification;
  }

  /**
   * Returns how many of the bytes did not travel (again) because an interrupted try, in this
   * process or an earlier one, had already brought them.
   */
  public long bytesResumed() {
    return bytesResumed;
  }

  /**
   * Returns how many bytes of content travelled, in whichever direction and in all attempts, as
   * they were on the way: compressed where they were, without framing, and nothing for zeros that
   * were only told. It is below {@link #bytes} where something was resumed, reused or compressed.
   */
  public long bytesSent() {
    return bytesSent;
  }

  /** Returns how many bytes were copied from an old target instead of travelling. */
  public long bytesReused() {
    return bytesReused;
  }

  /** Returns the size over the duration, in bytes a second; 0 if skipped or not measurable. */
  public long bytesPerSecond() {
    double seconds = duration.toNanos() / 1e9;
    return skippedBecauseEqual || seconds <= 0 ? 0 : Math.round(bytes / seconds);
  }

  /** Returns how the connection was protected, protocol and cipher; empty if it was not. */
  public Optional<String> tls() {
    return Optional.ofNullable(tls);
  }

  /** Returns how many times sending the bytes was begun, at least 1; 0 if skipped. */
  public int attempts() {
    return attempts;
  }

  /** Returns how many times a lost connection was made again during this transfer. */
  public int reconnects() {
    return reconnects;
  }

  /** Returns when the transfer began. */
  public Instant started() {
    return started;
  }

  /** Returns how long it took, verification and publication included. */
  public Duration duration() {
    return duration;
  }

  /** Says whether nothing was copied because the target was equal already. */
  public boolean skippedBecauseEqual() {
    return skippedBecauseEqual;
  }

  /**
   * Says whether the file was moved by renaming it: no byte travelled, so that none can differ,
   * whatever {@link #verification} was asked for.
   */
  public boolean renamed() {
    return renamed;
  }

  @Override
  public String toString() {
    return "TransferReceipt[source=%s target=%s bytes=%d digest=%s verification=%s resumed=%d reused=%d sent=%d attempts=%d reconnects=%d duration=%s skipped=%s renamed=%s tls=%s]"
        .formatted(
            source,
            target,
            bytes,
            digest,
            verification,
            bytesResumed,
            bytesReused,
            bytesSent,
            attempts,
            reconnects,
            duration,
            skippedBecauseEqual,
            renamed,
            tls);
  }

  /** Collects the parts of a receipt. */
  public static final class Builder {
    private @Nullable Location source;
    private @Nullable Location target;
    private long bytes;
    private @Nullable Digest digest;
    private Verification verification = Verification.NONE;
    private long bytesResumed;
    private int attempts = 1;
    private int reconnects;
    private @Nullable Instant started;
    private Duration duration = Duration.ZERO;
    private boolean skippedBecauseEqual;
    private boolean renamed;
    private long bytesSent = -1;
    private long bytesReused;
    private @Nullable String tls;

    private Builder() {}

    /** Sets where the file came from. */
    public Builder source(Location value) {
      this.source = value;
      return this;
    }

    /** Sets where the file went. */
    public Builder target(Location value) {
      this.target = value;
      return this;
    }

    /** Sets the size of the file. */
    public Builder bytes(long value) {
      this.bytes = value;
      return this;
    }

    /** Sets the digest. */
    public Builder digest(Digest value) {
      this.digest = value;
      return this;
    }

    /** Sets the level of proof reached. */
    public Builder verification(Verification value) {
      this.verification = value;
      return this;
    }

    /** Sets how many bytes did not travel again. */
    public Builder bytesResumed(long value) {
      this.bytesResumed = value;
      return this;
    }

    /** Sets how many bytes travelled; unless set, those that were not resumed. */
    public Builder bytesSent(long value) {
      this.bytesSent = value;
      return this;
    }

    /** Sets how many bytes were copied from an old target. */
    public Builder bytesReused(long value) {
      this.bytesReused = value;
      return this;
    }

    /** Sets how the connection was protected; null if it was not. */
    public Builder tls(@Nullable String value) {
      this.tls = value;
      return this;
    }

    /** Sets how many times sending was begun. */
    public Builder attempts(int value) {
      this.attempts = value;
      return this;
    }

    /** Sets how many times the connection was made again. */
    public Builder reconnects(int value) {
      this.reconnects = value;
      return this;
    }

    /** Sets when it began. */
    public Builder started(Instant value) {
      this.started = value;
      return this;
    }

    /** Sets how long it took. */
    public Builder duration(Duration value) {
      this.duration = value;
      return this;
    }

    /** Sets that nothing was copied because the target was equal; clears the attempts. */
    public Builder skippedBecauseEqual() {
      this.skippedBecauseEqual = true;
      this.attempts = 0;
      return this;
    }

    /** Sets that the file was moved by renaming it. */
    public Builder renamed() {
      this.renamed = true;
      return this;
    }

    /**
     * Builds the receipt.
     *
     * @throws NullPointerException if source, target or started is missing
     */
    public TransferReceipt build() {
      return new TransferReceipt(this);
    }
  }
}
