package io.waybill.mail;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proves what a server accepted, recipient by recipient; it never says "delivered".
 *
 * <p>A report exists whenever the server answered the transaction, and when its answer to the final
 * dot was lost. Nothing in it is an exception; {@link #orThrow()} makes one for callers who want
 * it.
 */
public final class SendReport {
  private final String messageId;
  private final List<RecipientResult> recipients;
  private final long sizeBytes;
  private final String sha256;
  private final String server;
  private final @Nullable String tls;
  private final Instant startedAt;
  private final Duration elapsed;
  private final SendTimings timings;
  private final List<String> warnings;

  private SendReport(Builder builder) {
    messageId = builder.messageId;
    recipients = List.copyOf(builder.recipients);
    sizeBytes = builder.sizeBytes;
    sha256 = builder.sha256;
    server = builder.server;
    tls = builder.tls;
    startedAt = builder.startedAt;
    elapsed = builder.elapsed;
    timings = builder.timings;
    warnings = List.copyOf(builder.warnings);
  }

  /** Starts a report about a message; every setter has a neutral default. */
  public static Builder builder(String messageId) {
    return new Builder(messageId);
  }

  /** Returns the Message-ID header with its angle brackets. */
  public String messageId() {
    return messageId;
  }

  /** Returns one result for each recipient of the envelope, in its order. */
  public List<RecipientResult> recipients() {
    return recipients;
  }

  /** Returns the recipients that the server took responsibility for. */
  public List<Address> accepted() {
    return with(RecipientResult.Status.ACCEPTED);
  }

  /** Returns the size of the frozen message. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Returns the digest of the frozen message as {@code sha-256:<hex>}. */
  public String sha256() {
    return sha256;
  }

  /** Returns the server as {@code host:port}. */
  public String server() {
    return server;
  }

  /** Returns protocol and cipher, such as {@code TLSv1.3 TLS_AES_256_GCM_SHA384}. */
  public Optional<String> tls() {
    return Optional.ofNullable(tls);
  }

  /** Returns when the attempt began. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Returns how long the attempt took. */
  public Duration elapsed() {
    return elapsed;
  }

  /** Returns where that time went. */
  public SendTimings timings() {
    return timings;
  }

  /** Returns what the server calls the message in its queue, once for each transaction. */
  public List<String> queueIds() {
    return recipients.stream()
        .filter(result -> result.status() == RecipientResult.Status.ACCEPTED)
        .flatMap(result -> result.reply().flatMap(Reply::queueId).stream())
        .distinct()
        .toList();
  }

  /** Returns what went wrong beside the sending, such as a copy that could not be filed. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns the same report with one more warning. */
  public SendReport withWarning(String warning) {
    return new Builder(messageId)
        .recipients(recipients)
        .content(sizeBytes, sha256)
        .server(server, tls)
        .timing(startedAt, elapsed)
        .timings(timings)
        .warnings(warnings)
        .warnings(List.of(warning))
        .build();
  }

  /** Returns whether the server accepted the message for every recipient. */
  public boolean isComplete() {
    return accepted().size() == recipients.size();
  }

  /** Returns whether the message may have been accepted although no answer says so. */
  public boolean isAmbiguous() {
    return !with(RecipientResult.Status.UNKNOWN).isEmpty();
  }

  /** Returns what may be done next without sending anything twice. */
  public RetryAdvice retryAdvice() {
    if (isAmbiguous()) {
      return new RetryAdvice.Human();
    }
    List<Address> again = new ArrayList<>(with(RecipientResult.Status.DEFERRED));
    again.addAll(with(RecipientResult.Status.NOT_ATTEMPTED));
    if (again.isEmpty()) {
      return new RetryAdvice.None();
    }
    return again.size() == recipients.size() ? new RetryAdvice.All() : new RetryAdvice.Only(again);
  }

  /**
   * Returns this report when at least one recipient was accepted and none is unknown.
   *
   * @throws MailException.Ambiguous if the fate of a recipient is unknown
   * @throws MailException.Deferred if nobody was accepted and trying later may help
   * @throws MailException.Refused if everybody was refused for good
   */
  public SendReport orThrow() {
    if (isAmbiguous()) {
      throw new MailException.Ambiguous(server, messageId);
    }
    if (!accepted().isEmpty()) {
      return this;
    }
    RecipientResult first =
        recipients.stream()
            .filter(result -> result.status() != RecipientResult.Status.REJECTED)
            .findFirst()
            .orElse(recipients.get(0));
    Reply reply = first.reply().orElse(null);
    String what = "every recipient of " + messageId;
    throw first.status() == RecipientResult.Status.REJECTED
        ? new MailException.Refused(server, what, reply)
        : new MailException.Deferred(server, what, reply);
  }

  private List<Address> with(RecipientResult.Status status) {
    return recipients.stream()
        .filter(result -> result.status() == status)
        .map(RecipientResult::recipient)
        .toList();
  }

  @Override
  public String toString() {
    return messageId + " via " + server + " " + recipients;
  }

  /** Builds a {@link SendReport}; also for fakes of {@link MailSender}. */
  public static final class Builder {
    private final String messageId;
    private final List<RecipientResult> recipients = new ArrayList<>();
    private long sizeBytes;
    private String sha256 = "";
    private String server = "";
    private @Nullable String tls;
    private Instant startedAt = Instant.EPOCH;
    private Duration elapsed = Duration.ZERO;
    private SendTimings timings = SendTimings.NONE;
    private final List<String> warnings = new ArrayList<>();

    private Builder(String messageId) {
      this.messageId = messageId;
    }

    /** Adds results. */
    public Builder recipients(List<RecipientResult> results) {
      recipients.addAll(results);
      return this;
    }

    /** Sets size and digest ({@code sha-256:<hex>}) of the frozen message. */
    public Builder content(long bytes, String digest) {
      sizeBytes = bytes;
      sha256 = digest;
      return this;
    }

    /** Sets the server ({@code host:port}) and, when protected, protocol and cipher. */
    public Builder server(String hostAndPort, @Nullable String protocolAndCipher) {
      server = hostAndPort;
      tls = protocolAndCipher;
      return this;
    }

    /** Sets when the attempt began and how long it took. */
    public Builder timing(Instant start, Duration duration) {
      startedAt = start;
      elapsed = duration;
      return this;
    }

    /** Sets where the time went. */
    public Builder timings(SendTimings parts) {
      timings = parts;
      return this;
    }

    /** Adds warnings. */
    public Builder warnings(List<String> more) {
      warnings.addAll(more);
      return this;
    }

    /** Returns the report; it needs at least one recipient. */
    public SendReport build() {
      if (recipients.isEmpty()) {
        throw new IllegalStateException("a report without recipients reports nothing");
      }
      return new SendReport(this);
    }
  }
}
