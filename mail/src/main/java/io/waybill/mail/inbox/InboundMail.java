package io.waybill.mail.inbox;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailException;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message of a mailbox. What was read of it stays readable until it is closed; what was not is
 * fetched when it is asked for. Not for several threads at once.
 */
public final class InboundMail implements AutoCloseable {
  private final MailFacts facts;
  private final ContentSource content;
  private final MimeLimits limits;
  private final int deliveryAttempt;
  private @Nullable ParsedMail parsed;

  /**
   * Shows a message.
   *
   * @param content opens its bytes from the first one, as often as it is asked
   * @param limits what reading it may cost
   * @param deliveryAttempt as {@link #deliveryAttempt()}
   */
  public InboundMail(
      MailFacts facts, ContentSource content, MimeLimits limits, int deliveryAttempt) {
    this.facts = facts;
    this.content = content;
    this.limits = limits;
    this.deliveryAttempt = deliveryAttempt;
  }

  /** Shows a message that was read already, and whose bytes are not kept. */
  public static InboundMail read(MailFacts facts, ParsedMail mail) {
    InboundMail inbound =
        new InboundMail(
            facts,
            () -> {
              throw new IOException("the bytes are not kept of what was fetched as a list");
            },
            MimeLimits.defaults(),
            1);
    inbound.parsed = mail;
    return inbound;
  }

  /** Returns what the server says of it. */
  public MailFacts facts() {
    return facts;
  }

  /** Returns the folder it was read from. */
  public String folder() {
    return facts.folder();
  }

  /** Returns the folder's UIDVALIDITY: the UID means nothing without it. */
  public long uidValidity() {
    return facts.uidValidity();
  }

  /** Returns the message's UID. */
  public long uid() {
    return facts.uid();
  }

  /**
   * Returns how often it was given to a handler, this time included. Above 1 it may have been
   * handled before, by a process that ended before that was written down.
   */
  public int deliveryAttempt() {
    return deliveryAttempt;
  }

  /**
   * Returns the message as it is read; parts that are large lie in temporary files until it is
   * closed.
   *
   * @throws MailException.ContentUnavailable if it cannot be read any more
   */
  public ParsedMail mail() {
    if (parsed == null) {
      try (InputStream in = open()) {
        parsed = MimeReader.read(in, limits);
      } catch (IOException e) {
        throw new MailException.ContentUnavailable(toString(), e);
      }
    }
    return parsed;
  }

  /**
   * Opens the bytes as they lie in the mailbox; the caller closes the stream before it asks for
   * anything else.
   *
   * @throws IOException if they cannot be read any more
   */
  public InputStream open() throws IOException {
    return content.open();
  }

  /** Deletes the temporary files of large parts. */
  @Override
  public void close() {
    if (parsed != null) {
      parsed.close();
    }
  }

  /** Says which one it is, and nothing of what stands in it. */
  @Override
  public String toString() {
    return "message " + facts.uid() + " of " + facts.folder();
  }
}
