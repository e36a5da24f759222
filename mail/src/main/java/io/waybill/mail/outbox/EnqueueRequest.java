package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says how a message is put into the outbox. */
public final class EnqueueRequest {
  private static final int MAX_KEY = 512;
  private static final int MAX_ACCOUNT = 255;

  private final String dedupeKey;
  private final String account;
  private final String subject;
  private final @Nullable Duration expiry;
  private final boolean isSenderTagged;
  private final Duration backgroundAfter;

  private EnqueueRequest(Builder builder) {
    dedupeKey = builder.dedupeKey;
    account = builder.account;
    subject = builder.subject;
    expiry = builder.expiry;
    isSenderTagged = builder.isSenderTagged;
    backgroundAfter = builder.backgroundAfter;
  }

  /**
   * Starts a request.
   *
   * @param dedupeKey 1 to 512 characters that name this mail, whatever retries or restarts happen
   * @throws MailException.InvalidMessage if it is of another length
   */
  public static Builder builder(String dedupeKey) {
    return new Builder(dedupeKey);
  }

  /** Returns what names the mail: a second message under the same key is not taken. */
  public String dedupeKey() {
    return dedupeKey;
  }

  /** Returns the name of the account that sends it in the background; empty for none. */
  public String account() {
    return account;
  }

  /** Returns what a person sees of it in lists. */
  public String subject() {
    return subject;
  }

  /** Returns how long it is tried; empty for as long as is usual in this outbox. */
  public Optional<Duration> expiry() {
    return Optional.ofNullable(expiry);
  }

  /** Returns whether bounces come back to an address of this very entry. */
  public boolean isSenderTagged() {
    return isSenderTagged;
  }

  /**
   * Returns how long the background leaves it to the caller, who means to deliver it himself; zero
   * for not at all.
   */
  public Duration backgroundAfter() {
    return backgroundAfter;
  }

  /** Builds an {@link EnqueueRequest}. */
  public static final class Builder {
    private final String dedupeKey;
    private String account = "";
    private String subject = "";
    private @Nullable Duration expiry;
    private boolean isSenderTagged;
    private Duration backgroundAfter = Duration.ZERO;

    private Builder(String dedupeKey) {
      if (dedupeKey.isBlank() || dedupeKey.length() > MAX_KEY) {
        throw new MailException.InvalidMessage(
            "dedupe key", -1, "must have 1 to " + MAX_KEY + " characters");
      }
      this.dedupeKey = dedupeKey;
    }

    /** Sets the name of the account that sends it in the background. */
    public Builder account(String name) {
      if (name.length() > MAX_ACCOUNT) {
        throw new MailException.InvalidMessage(
            "account", -1, "must have at most " + MAX_ACCOUNT + " characters");
      }
      account = name;
      return this;
    }

    /** Sets what a person sees of it in lists. */
    public Builder subject(String line) {
      subject = line;
      return this;
    }

    /** Sets how long it is tried, at most 5 days. */
    public Builder expiry(Duration longest) {
      expiry = OutboxSettings.requireExpiry(longest);
      return this;
    }

    /**
     * Has bounces come back to an address of this very entry, as in {@code
     * bounces+01abc...@example.org} (VERP), so that they are known by it. The envelope's sender
     * must have room for 27 more characters, and its server must know such addresses.
     */
    public Builder taggedSender() {
      isSenderTagged = true;
      return this;
    }

    /** Sets how long the background leaves it to the caller, who means to deliver it himself. */
    public Builder backgroundAfter(Duration wait) {
      if (wait.isNegative()) {
        throw new IllegalArgumentException("a wait is not negative: " + wait);
      }
      backgroundAfter = wait;
      return this;
    }

    /** Returns the request. */
    public EnqueueRequest build() {
      return new EnqueueRequest(this);
    }
  }
}
