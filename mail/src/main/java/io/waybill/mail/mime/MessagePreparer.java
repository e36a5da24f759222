package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.ContentSource;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.Envelope;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.MessageSeal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Turns messages into bytes that never change again: composes, signs or encrypts, and digests them.
 *
 * <p>Immutable, and safe for use by several threads as far as its seals and its randomness are.
 */
public final class MessagePreparer {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int EML_MEMORY = 8192;

  private final Clock clock;
  private final RandomGenerator random;
  private final @Nullable String messageIdDomain;
  private final List<MessageSeal> seals;
  private final long maxSizeBytes;

  private MessagePreparer(Builder builder) {
    clock = builder.clock;
    random = builder.random;
    messageIdDomain = builder.messageIdDomain;
    seals = List.copyOf(builder.seals);
    maxSizeBytes = builder.maxSizeBytes;
  }

  /** Returns the largest message that is composed. */
  public long maxSizeBytes() {
    return maxSizeBytes;
  }

  /** Starts with the system's clock and randomness, no seals, and 150 MB at most. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Composes a message, reading its attachments.
   *
   * @throws MailException.InvalidMessage if nobody is addressed, the message or its headers are too
   *     large, or a seal wrote what is no message
   * @throws MailException.ContentUnavailable if an attachment, a seal or the temporary file fails
   */
  public PreparedMessage prepare(Message message) {
    Envelope envelope = message.envelope();
    String messageId = message.messageId().orElseGet(() -> newMessageId(message.from().domain()));
    Instant date = message.date().orElseGet(clock::instant);
    Spool spool = spool(expectedBytes(message));
    MessageEncoding encoding;
    try (MimeTree tree = new MimeTree(message, random, maxSizeBytes)) {
      MimeComposer composer = new MimeComposer(message, tree.root());
      composer.write(messageId, date, spool);
      encoding = composer.encoding();
      spool.close();
    } catch (IOException | RuntimeException e) {
      spool.releaseAfter(e);
      throw translate("message cannot be composed", e);
    }
    return finish(messageId, envelope, encoding, spool);
  }

  /**
   * Takes a file in the format of RFC 5322 (.eml) as the message, as {@link
   * #prepareEml(ContentSource, Optional)}.
   *
   * @throws MailException as there
   */
  public PreparedMessage prepareEml(Path file, Optional<Envelope> envelope) {
    return prepareEml(() -> Files.newInputStream(file), envelope);
  }

  /**
   * Takes bytes in the format of RFC 5322 (.eml) as the message. Line ends become CRLF; Bcc,
   * Resent-Bcc and Return-Path are left out; Date, Message-ID and MIME-Version are added where they
   * are missing; all else stays as it is.
   *
   * @param envelope who sends it to whom; if empty, the headers say so: from Return-Path, else
   *     Sender, else the first From, to everybody in To, Cc and Bcc; or, for a message that was
   *     resent (RFC 5322 3.6.6), from and to those of its Resent- fields
   * @throws MailException.InvalidMessage if the headers are malformed or too many, a line is longer
   *     than 998 octets, there is a NUL, nobody is addressed, or the message is too large
   * @throws MailException.ContentUnavailable if the source, a seal or the temporary file fails
   */
  public PreparedMessage prepareEml(ContentSource source, Optional<Envelope> envelope) {
    return prepareEml(
        source, headers -> envelope.isPresent() ? envelope.get() : headers.envelope());
  }

  /**
   * Takes bytes as {@link #prepareEml(ContentSource, Optional)} does, to whom its headers say, but
   * with another sender or a request for reports.
   *
   * @param sender where bounces go; empty for what the headers say
   * @param dsn which reports are asked for, if any
   */
  public PreparedMessage prepareEml(
      ContentSource source, Optional<Address> sender, Optional<DsnRequest> dsn) {
    return prepareEml(
        source,
        headers -> {
          Envelope said = headers.envelope();
          return Envelope.of(sender.or(said::sender).orElse(null), said.recipients())
              .withDsn(dsn.orElse(null));
        });
  }

  private PreparedMessage prepareEml(
      ContentSource source, Function<EmlHeaders, Envelope> envelope) {
    Spool spool = spool(EML_MEMORY);
    EmlImport eml;
    Envelope known;
    try (InputStream in = source.open()) {
      eml = EmlImport.read(in, spool, new EmlHeaders.Missing(this::newMessageId, clock.instant()));
      spool.close();
      known = envelope.apply(eml.headers());
    } catch (IOException | RuntimeException e) {
      spool.releaseAfter(e);
      throw translate("mail file cannot be read", e);
    }
    return finish(eml.headers().messageId(), known, eml.encoding(), spool);
  }

  /**
   * Takes bytes as they are, which were prepared before, elsewhere: no seal touches them.
   *
   * @param messageId of these bytes, with its angle brackets
   * @throws MailException.InvalidMessage if they are no message, or too large a one
   * @throws MailException.ContentUnavailable if the source or the temporary file fails
   */
  public PreparedMessage frozen(ContentSource source, String messageId, Envelope envelope) {
    Spool spool = spool(EML_MEMORY);
    WireOutput checked = new WireOutput(spool, false);
    try (InputStream in = source.open()) {
      in.transferTo(checked);
      checked.finish();
      spool.close();
    } catch (IOException | RuntimeException e) {
      spool.releaseAfter(e);
      throw translate("frozen message cannot be read", e);
    }
    return new PreparedMessage(messageId, envelope, checked.encoding(), spool);
  }

  private PreparedMessage finish(
      String messageId, Envelope envelope, MessageEncoding encoding, Spool composed) {
    Spool current = composed;
    MessageEncoding needed = encoding;
    for (MessageSeal seal : seals) {
      Spool next = spool(EML_MEMORY);
      WireOutput checked = new WireOutput(next, false);
      try {
        seal.seal(current::open, checked);
        checked.finish();
        next.close();
        current.release();
      } catch (IOException | RuntimeException e) {
        next.releaseAfter(e);
        current.releaseAfter(e);
        throw translate("message cannot be sealed", e);
      }
      current = next;
      needed = checked.encoding();
    }
    return new PreparedMessage(messageId, envelope, needed, current);
  }

  private Spool spool(int expectedBytes) {
    return new Spool(Spool.DEFAULT_MEMORY_BYTES, maxSizeBytes, expectedBytes);
  }

  /** A first guess, so that a small message is written without copying it again. */
  private static int expectedBytes(Message message) {
    long text = message.text().map(String::length).orElse(0);
    long characters = text + message.html().map(String::length).orElse(0);
    long rest = message.attachments().isEmpty() ? 1024 : 16 * 1024;
    return (int) Math.min(Spool.DEFAULT_MEMORY_BYTES, characters + characters / 8 + rest);
  }

  private String newMessageId(String authorDomain) {
    String domain = messageIdDomain != null ? messageIdDomain : authorDomain;
    // RFC 5322 3.6.4 allows a literal on the right, but its brackets upset readers.
    String right = domain.startsWith("[") ? "literal.invalid" : domain;
    return "<" + UniqueId.next(random) + "@" + right + ">";
  }

  private static RuntimeException translate(String what, Exception e) {
    if (e instanceof Spool.Full full) {
      return new MailException.InvalidMessage(
          "message", -1, full.getMessage() + ": send a link instead");
    }
    return e instanceof IOException failure
        ? new MailException.ContentUnavailable(what, failure)
        : (RuntimeException) e;
  }

  /** Builds a {@link MessagePreparer}; not safe for use by several threads. */
  public static final class Builder {
    private Clock clock = Clock.systemUTC();
    private RandomGenerator random = RANDOM;
    private @Nullable String messageIdDomain;
    private final List<MessageSeal> seals = new ArrayList<>();
    private long maxSizeBytes = 150_000_000;

    private Builder() {}

    /** Sets the clock that dates messages; the system's unless set. */
    public Builder clock(Clock source) {
      clock = source;
      return this;
    }

    /** Sets the source of Message-IDs and boundaries; it should be one that nobody can guess. */
    public Builder random(RandomGenerator source) {
      random = source;
      return this;
    }

    /**
     * Sets what stands on the right of new Message-IDs; the author's domain unless set.
     *
     * @throws MailException.InvalidMessage if it is no host name
     */
    public Builder messageIdDomain(String domain) {
      String prefix = "x@";
      try {
        messageIdDomain = Address.of(prefix + domain).domain();
      } catch (MailException.InvalidMessage e) {
        throw new MailException.InvalidMessage(
            "message-id domain", Math.max(-1, e.position() - prefix.length()), "is no host name");
      }
      return this;
    }

    /** Adds seals, applied in this order to what the one before wrote. */
    public Builder seals(List<MessageSeal> more) {
      seals.addAll(more);
      return this;
    }

    /** Sets the largest message in bytes, at least 1; 150 MB unless set. */
    public Builder maxSizeBytes(long bytes) {
      maxSizeBytes = Math.max(1, bytes);
      return this;
    }

    /** Returns the preparer. */
    public MessagePreparer build() {
      return new MessagePreparer(this);
    }
  }
}
