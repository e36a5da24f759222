package io.waybill.mail.outbox;

import io.waybill.mail.UnknownPolicy;
import java.time.Duration;

/** Bounds what an outbox holds, and for how long it tries. */
public final class OutboxSettings {
  /** The longest that a message is tried (RFC 5321 4.5.4.1). */
  public static final Duration LONGEST_EXPIRY = Duration.ofDays(5);

  private final int maxEntries;
  private final long maxBytes;
  private final Duration expiry;
  private final Duration keepContent;
  private final Duration keepEntries;
  private final Duration lease;
  private final UnknownPolicy unknown;

  private OutboxSettings(Builder builder) {
    maxEntries = builder.maxEntries;
    maxBytes = builder.maxBytes;
    expiry = builder.expiry;
    keepContent = builder.keepContent;
    keepEntries = builder.keepEntries;
    lease = builder.lease;
    unknown = builder.unknown;
  }

  /** Returns the settings where nothing was said. */
  public static OutboxSettings defaults() {
    return builder().build();
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns how many messages may wait; the default is 100,000. */
  public int maxEntries() {
    return maxEntries;
  }

  /** Returns how many bytes may wait; the default is 10 GiB. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Returns how long a message is tried unless it says otherwise; the default is 24 h. */
  public Duration expiry() {
    return expiry;
  }

  /** Returns how long the bytes of a message are kept when it is done; the default is a day. */
  public Duration keepContent() {
    return keepContent;
  }

  /** Returns how long the record of a message is kept when it is done; the default is 30 days. */
  public Duration keepEntries() {
    return keepEntries;
  }

  /** Returns after how long a silent owner of another node counts as dead; the default is 60 s. */
  public Duration lease() {
    return lease;
  }

  /** Returns what becomes of a message whose fate is unknown; by default a person decides. */
  public UnknownPolicy unknown() {
    return unknown;
  }

  /** Builds {@link OutboxSettings}. */
  public static final class Builder {
    private int maxEntries = 100_000;
    private long maxBytes = 10L << 30;
    private Duration expiry = Duration.ofHours(24);
    private Duration keepContent = Duration.ofDays(1);
    private Duration keepEntries = Duration.ofDays(30);
    private Duration lease = Duration.ofSeconds(60);
    private UnknownPolicy unknown = UnknownPolicy.ASK;

    private Builder() {}

    /** Sets how many messages, and how many bytes of them, may wait. */
    public Builder bounds(int entries, long bytes) {
      if (entries < 1 || bytes < 1) {
        throw new IllegalArgumentException("an outbox holds at least one message of one byte");
      }
      maxEntries = entries;
      maxBytes = bytes;
      return this;
    }

    /** Sets how long a message is tried, at most 5 days (RFC 5321 4.5.4.1). */
    public Builder expiry(Duration longest) {
      expiry = requireExpiry(longest);
      return this;
    }

    /** Sets how long bytes and record of a message are kept when it is done. */
    public Builder keep(Duration content, Duration entries) {
      if (content.isNegative() || entries.compareTo(content) < 0) {
        throw new IllegalArgumentException("the record is kept at least as long as the bytes");
      }
      keepContent = content;
      keepEntries = entries;
      return this;
    }

    /** Sets after how long a silent owner of another node counts as dead, at least a second. */
    public Builder lease(Duration time) {
      if (time.toSeconds() < 1) {
        throw new IllegalArgumentException("a lease lasts at least a second, not " + time);
      }
      lease = time;
      return this;
    }

    /** Sets what becomes of a message whose fate is unknown. */
    public Builder unknown(UnknownPolicy policy) {
      unknown = policy;
      return this;
    }

    /** Returns the settings. */
    public OutboxSettings build() {
      return new OutboxSettings(this);
    }
  }

  static Duration requireExpiry(Duration longest) {
    if (longest.isNegative() || longest.isZero() || longest.compareTo(LONGEST_EXPIRY) > 0) {
      throw new IllegalArgumentException(
          "a message is tried for more than nothing and at most 5 days, not " + longest);
    }
    return longest;
  }
}
