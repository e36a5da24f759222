package io.waybill.mail.mime;

import io.waybill.mail.Attachment;
import io.waybill.mail.InlinePart;
import io.waybill.mail.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Arranges the parts of a message in the simplest tree that carries them.
 *
 * <pre>
 * mixed                 if there are attachments
 *   alternative         if there are two or three of those below
 *     text/plain
 *     related           if the HTML shows inline parts
 *       text/html
 *       inline parts
 *     text/calendar
 *   attachments
 * </pre>
 */
final class MimeTree implements AutoCloseable {
  private final Message message;
  private final RandomGenerator random;
  private final long maxBytes;
  private final List<EmbeddedMail> mails = new ArrayList<>();

  MimeTree(Message message, RandomGenerator random, long maxBytes) {
    this.message = message;
    this.random = random;
    this.maxBytes = maxBytes;
  }

  /** Reads attached mails; other attachments are read when the tree is written. */
  MimePart root() throws IOException {
    List<MimePart> bodies = bodies();
    if (message.attachments().isEmpty()) {
      return bodies.isEmpty() ? new MimePart.Text("text/plain", "") : alternative(bodies);
    }
    List<MimePart> parts = new ArrayList<>();
    if (!bodies.isEmpty()) {
      parts.add(alternative(bodies));
    }
    for (Attachment attachment : message.attachments()) {
      parts.add(attached(attachment));
    }
    return multipart("multipart/mixed", parts);
  }

  /** The more a reader can make of it, the later it stands (RFC 2046 5.1.4). */
  private List<MimePart> bodies() {
    List<MimePart> bodies = new ArrayList<>();
    message.text().ifPresent(text -> bodies.add(MimePart.Text.plain(text, message.isTextFlowed())));
    message.html().ifPresent(html -> bodies.add(related(new MimePart.Text("text/html", html))));
    message.calendar().ifPresent(calendar -> bodies.add(MimePart.Text.calendar(calendar)));
    return bodies;
  }

  private MimePart alternative(List<MimePart> bodies) {
    return bodies.size() == 1 ? bodies.get(0) : multipart("multipart/alternative", bodies);
  }

  private MimePart related(MimePart html) {
    if (message.inlineParts().isEmpty()) {
      return html;
    }
    List<MimePart> parts = new ArrayList<>();
    parts.add(html);
    for (InlinePart part : message.inlineParts()) {
      parts.add(MimePart.File.shown(part));
    }
    return multipart("multipart/related; type=\"text/html\"", parts);
  }

  private MimePart attached(Attachment attachment) throws IOException {
    if (!attachment.contentType().equals(Attachment.MAIL)) {
      return MimePart.File.attached(attachment);
    }
    EmbeddedMail mail = EmbeddedMail.copy(attachment, maxBytes);
    mails.add(mail);
    return new MimePart.Mail(attachment, mail);
  }

  private MimePart multipart(String type, List<MimePart> parts) {
    return new MimePart.Multipart(type, "=_" + UniqueId.next(random), parts);
  }

  /** Deletes copies of attached mails. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (EmbeddedMail mail : mails) {
      try {
        mail.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
