package io.waybill.mail.outbox;

import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows one message of the outbox as it was when it was read. */
public final class OutboxEntry {
  private final String id;
  private final String dedupeKey;
  private final OutboxState state;
  private final String owner;
  private final long fence;
  private final int attempts;
  private final String messageId;
  private final String sender;
  private final String subject;
  private final long sizeBytes;
  private final String sha256;
  private final Instant enqueuedAt;
  private final Instant updatedAt;
  private final @Nullable Instant nextAttemptAt;
  private final @Nullable String lastError;
  private final List<RecipientResult> recipients;

  private OutboxEntry(Builder builder) {
    id = builder.id;
    dedupeKey = builder.dedupeKey;
    state = builder.state;
    owner = builder.owner;
    fence = builder.fence;
    attempts = builder.attempts;
    messageId = builder.messageId;
    sender = builder.sender;
    subject = builder.subject;
    sizeBytes = builder.sizeBytes;
    sha256 = builder.sha256;
    enqueuedAt = builder.enqueuedAt;
    updatedAt = builder.updatedAt;
    nextAttemptAt = builder.nextAttemptAt;
    lastError = builder.lastError;
    recipients = List.copyOf(builder.recipients);
  }

  /** Returns the ULID of the entry. */
  public String id() {
    return id;
  }

  /** Returns the key under which it was enqueued. */
  public String dedupeKey() {
    return dedupeKey;
  }

  /** Returns where it stands. */
  public OutboxState state() {
    return state;
  }

  /** Returns whether, while {@link OutboxState#SENDING}, the final dot may have been sent. */
  public boolean isAtDot() {
    return state == OutboxState.SENDING
        && recipients.stream().anyMatch(result -> result.status() == Status.UNKNOWN);
  }

  /** Returns who works or last worked on it; empty before the first attempt. */
  public String owner() {
    return owner;
  }

  /** Returns the fencing token, one higher with each claim. */
  public long fence() {
    return fence;
  }

  /** Returns how many attempts were begun. */
  public int attempts() {
    return attempts;
  }

  /** Returns the Message-ID, the same for every attempt. */
  public String messageId() {
    return messageId;
  }

  /** Returns the envelope's sender; empty is the null sender. */
  public String sender() {
    return sender;
  }

  /** Returns the first 255 characters of the subject. */
  public String subject() {
    return subject;
  }

  /** Returns the size of the frozen bytes. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Returns the digest of the frozen bytes as {@code sha-256:<hex>}. */
  public String sha256() {
    return sha256;
  }

  /** Returns when it was enqueued. */
  public Instant enqueuedAt() {
    return enqueuedAt;
  }

  /** Returns when its state last changed. */
  public Instant updatedAt() {
    return updatedAt;
  }

  /** Returns when the next attempt is due; present when {@link OutboxState#DEFERRED}. */
  public Optional<Instant> nextAttemptAt() {
    return Optional.ofNullable(nextAttemptAt);
  }

  /** Returns why the last attempt did not end as hoped. */
  public Optional<String> lastError() {
    return Optional.ofNullable(lastError);
  }

  /** Returns what is known about each recipient, in the envelope's order. */
  public List<RecipientResult> recipients() {
    return recipients;
  }

  @Override
  public String toString() {
    return id + " " + state + " " + messageId + " " + recipients;
  }

  /** Filled by the store from one row. */
  static final class Builder {
    String id = "";
    String dedupeKey = "";
    OutboxState state = OutboxState.QUEUED;
    String owner = "";
    long fence;
    int attempts;
    String messageId = "";
    String sender = "";
    String subject = "";
    long sizeBytes;
    String sha256 = "";
    Instant enqueuedAt = Instant.EPOCH;
    Instant updatedAt = Instant.EPOCH;
    @Nullable Instant nextAttemptAt;
    @Nullable String lastError;
    final List<RecipientResult> recipients = new ArrayList<>();

    OutboxEntry build() {
      return new OutboxEntry(this);
    }
  }
}
