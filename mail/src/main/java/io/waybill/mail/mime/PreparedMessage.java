package io.waybill.mail.mime;

import io.waybill.mail.Envelope;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessageEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a message composed once: Message-ID, Date and every byte are fixed.
 *
 * <p>Up to 1 MiB lives in memory, more in a temporary file that {@link #close()} deletes. Safe for
 * use by several threads.
 */
public final class PreparedMessage implements FrozenMessage, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PreparedMessage.class);

  private final String messageId;
  private final Envelope envelope;
  private final MessageEncoding encoding;
  private final Spool content;

  PreparedMessage(String messageId, Envelope envelope, MessageEncoding encoding, Spool content) {
    this.messageId = messageId;
    this.envelope = envelope;
    this.encoding = encoding;
    this.content = content;
  }

  /**
   * Composes a message, reading its attachments, as a {@link MessagePreparer} with nothing set
   * does.
   *
   * @throws MailException.InvalidMessage if nobody is addressed, or the message is too large
   * @throws MailException.ContentUnavailable if an attachment or the temporary file fails
   */
  public static PreparedMessage of(Message message, Clock clock) {
    return MessagePreparer.builder().clock(clock).build().prepare(message);
  }

  /**
   * Composes a message with Message-ID and boundaries from this source of randomness.
   *
   * @throws MailException as {@link #of(Message, Clock)}
   */
  public static PreparedMessage of(Message message, Clock clock, RandomGenerator random) {
    return MessagePreparer.builder().clock(clock).random(random).build().prepare(message);
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
  public MessageEncoding encoding() {
    return encoding;
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
