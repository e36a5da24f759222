package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows one message of the outbox as it was when it was read. */
public final class OutboxEntry {
  private final String id;
  private final String dedupeKey;
  private final String account;
  private final OutboxState state;
  private final String owner;
  private final long fence;
  private final int attempts;
  private final int deferrals;
  private final String messageId;
  private final String sender;
  private final String subject;
  private final long sizeBytes;
  private final String sha256;
  private final MessageEncoding encoding;
  private final @Nullable DsnRequest dsn;
  private final Instant enqueuedAt;
  private final Instant updatedAt;
  private final @Nullable Instant nextAttemptAt;
  private final @Nullable Instant expiresAt;
  private final @Nullable Duration lifetime;
  private final @Nullable String lastError;
  private final List<RecipientResult> recipients;
  private final List<Bounce> bounces;

  private OutboxEntry(Builder builder) {
    id = builder.id;
    dedupeKey = builder.dedupeKey;
    account = builder.account;
    state = builder.state;
    owner = builder.owner;
    fence = builder.fence;
    attempts = builder.attempts;
    deferrals = builder.deferrals;
    messageId = builder.messageId;
    sender = builder.sender;
    subject = builder.subject;
    sizeBytes = builder.sizeBytes;
    sha256 = builder.sha256;
    encoding = builder.encoding;
    dsn = builder.dsn;
    enqueuedAt = builder.enqueuedAt;
    updatedAt = builder.updatedAt;
    nextAttemptAt = builder.nextAttemptAt;
    expiresAt = builder.expiresAt;
    lifetime = builder.lifetime;
    lastError = builder.lastError;
    recipients = List.copyOf(builder.recipients);
    bounces = List.copyOf(builder.bounces);
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

  /** Returns the name of the account that sends it in the background; empty for none. */
  public String account() {
    return account;
  }

  /**
   * Returns how far an attempt is that was {@link OutboxState#SENDING}: {@link Phase#DOT} once the
   * final dot may have been sent, {@link Phase#SESSION} before.
   */
  public Optional<Phase> phase() {
    if (state != OutboxState.SENDING) {
      return Optional.empty();
    }
    boolean atDot = recipients.stream().anyMatch(result -> result.status() == Status.UNKNOWN);
    return Optional.of(atDot ? Phase.DOT : Phase.SESSION);
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

  /** Returns how often a server has asked to come back later. */
  public int deferrals() {
    return deferrals;
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

  /** Returns what the frozen bytes ask of a server. */
  public MessageEncoding encoding() {
    return encoding;
  }

  /** Returns what servers are asked to report. */
  public Optional<DsnRequest> dsn() {
    return Optional.ofNullable(dsn);
  }

  /** Returns when it was enqueued. */
  public Instant enqueuedAt() {
    return enqueuedAt;
  }

  /** Returns when its state last changed. */
  public Instant updatedAt() {
    return updatedAt;
  }

  /** Returns when the next attempt in the background is due; empty for at once, and for never. */
  public Optional<Instant> nextAttemptAt() {
    return Optional.ofNullable(nextAttemptAt);
  }

  /** Returns from when on it is tried no more. */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(expiresAt);
  }

  /** Returns who has been reported not to have got it, although a server had accepted it. */
  public List<Bounce> bounces() {
    return bounces;
  }

  /** Returns for how long it was to be tried at most; empty where the outbox decides. */
  Optional<Duration> lifetime() {
    return Optional.ofNullable(lifetime);
  }

  /** Returns why the last attempt did not end as hoped. */
  public Optional<String> lastError() {
    return Optional.ofNullable(lastError);
  }

  /** Returns what is known about each recipient, in the envelope's order. */
  public List<RecipientResult> recipients() {
    return recipients;
  }

  /** Returns the recipients that an attempt is still to be made for. */
  List<Address> pending() {
    return recipients.stream()
        .filter(result -> StateRule.wantsAttempt(result.status()))
        .map(RecipientResult::recipient)
        .toList();
  }

  /** Returns the entry as its owner's claim has left it. */
  OutboxEntry claimedBy(String newOwner) {
    Builder claim = copy();
    claim.state = OutboxState.SENDING;
    claim.owner = newOwner;
    claim.fence = fence + 1;
    claim.attempts = attempts + 1;
    return claim.build();
  }

  OutboxEntry withBounces(List<Bounce> reported) {
    Builder same = copy();
    same.bounces.addAll(reported);
    return same.build();
  }

  private Builder copy() {
    Builder copy = new Builder();
    copy.id = id;
    copy.dedupeKey = dedupeKey;
    copy.account = account;
    copy.state = state;
    copy.owner = owner;
    copy.fence = fence;
    copy.attempts = attempts;
    copy.deferrals = deferrals;
    copy.messageId = messageId;
    copy.sender = sender;
    copy.subject = subject;
    copy.sizeBytes = sizeBytes;
    copy.sha256 = sha256;
    copy.encoding = encoding;
    copy.dsn = dsn;
    copy.enqueuedAt = enqueuedAt;
    copy.updatedAt = updatedAt;
    copy.nextAttemptAt = nextAttemptAt;
    copy.expiresAt = expiresAt;
    copy.lifetime = lifetime;
    copy.lastError = lastError;
    copy.recipients.addAll(recipients);
    return copy;
  }

  @Override
  public String toString() {
    return id + " " + state + " " + messageId + " " + recipients;
  }

  /** Filled by the store from one row. */
  static final class Builder {
    String id = "";
    String dedupeKey = "";
    String account = "";
    OutboxState state = OutboxState.QUEUED;
    String owner = "";
    long fence;
    int attempts;
    int deferrals;
    String messageId = "";
    String sender = "";
    String subject = "";
    long sizeBytes;
    String sha256 = "";
    MessageEncoding encoding = MessageEncoding.SEVEN_BIT;
    @Nullable DsnRequest dsn;
    Instant enqueuedAt = Instant.EPOCH;
    Instant updatedAt = Instant.EPOCH;
    @Nullable Instant nextAttemptAt;
    @Nullable Instant expiresAt;
    @Nullable Duration lifetime;
    @Nullable String lastError;
    final List<RecipientResult> recipients = new ArrayList<>();
    final List<Bounce> bounces = new ArrayList<>();

    OutboxEntry build() {
      return new OutboxEntry(this);
    }
  }
}
