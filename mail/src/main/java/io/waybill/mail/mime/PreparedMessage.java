package io.waybill.mail.mime;

import io.waybill.mail.Envelope;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a message composed once: Message-ID, Date and every byte are fixed.
 *
 * <p>Up to 1 MiB lives in memory, more in a temporary file that {@link #close()} deletes.
 */
public final class PreparedMessage implements FrozenMessage, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PreparedMessage.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String messageId;
  private final Envelope envelope;
  private final Spool content;

  private PreparedMessage(String messageId, Envelope envelope, Spool content) {
    this.messageId = messageId;
    this.envelope = envelope;
    this.content = content;
  }

  /**
   * Composes a message, reading its attachments.
   *
   * @throws MailException.InvalidMessage if nobody is addressed
   * @throws MailException.ContentUnavailable if an attachment or the temporary file fails
   */
  public static PreparedMessage of(Message message, Clock clock) {
    return of(message, clock, RANDOM);
  }

  /**
   * Composes a message with Message-ID and boundaries from this source of randomness.
   *
   * @throws MailException as {@link #of(Message, Clock)}
   */
  public static PreparedMessage of(Message message, Clock clock, RandomGenerator random) {
    Envelope envelope = message.envelope();
    String messageId =
        message.messageId().orElseGet(() -> "<" + unique(random) + "@" + idDomain(message) + ">");
    Spool spool = new Spool(Spool.DEFAULT_MEMORY_BYTES);
    try {
      new MimeComposer(message, () -> unique(random)).write(messageId, clock.instant(), spool);
      spool.close();
      return new PreparedMessage(messageId, envelope, spool);
    } catch (IOException | RuntimeException e) {
      release(spool, e);
      if (e instanceof IOException failure) {
        throw new MailException.ContentUnavailable("message cannot be composed", failure);
      }
      throw (RuntimeException) e;
    }
  }

  private static void release(Spool spool, Exception failure) {
    try {
      spool.release();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static String unique(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String idDomain(Message message) {
    String domain = message.from().domain();
    // RFC 5322 3.6.4 allows a literal on the right, but its brackets upset readers.
    return domain.startsWith("[") ? "literal.invalid" : domain;
  }

  @Override
  public String messageId() {
    return messageId;
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public long sizeBytes() {
    return content.sizeBytes();
  }

  @Override
  public String sha256() {
    return content.sha256();
  }

  @Override
  public InputStream open() throws IOException {
    return content.open();
  }

  /** Returns whether the bytes live in a temporary file. */
  public boolean isFile() {
    return content.isFile();
  }

  /** Deletes the temporary file, if there is one. */
  @Override
  public void close() {
    try {
      content.release();
    } catch (IOException e) {
      // The message may have been accepted by now: an exception here would look like a failed send.
      log.warn("mail.spool-left message-id={} error={}", messageId, e.toString());
    }
  }
}
