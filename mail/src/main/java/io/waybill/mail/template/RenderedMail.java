package io.waybill.mail.template;

import io.waybill.mail.Message;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds what a {@link MailTemplate} became with one set of data. Immutable. */
public final class RenderedMail {
  private final @Nullable String subject;
  private final @Nullable String html;
  private final String text;
  private final List<InlineImage> inlineImages;

  RenderedMail(
      @Nullable String subject,
      @Nullable String html,
      String text,
      List<InlineImage> inlineImages) {
    this.subject = subject;
    this.html = html;
    this.text = text;
    this.inlineImages = List.copyOf(inlineImages);
  }

  /** Returns the one line of the subject template, else the HTML's title, if there is either. */
  public Optional<String> subject() {
    return Optional.ofNullable(subject);
  }

  /** Returns the HTML, in which files are named by {@code cid:}; empty if there is no template. */
  public Optional<String> html() {
    return Optional.ofNullable(html);
  }

  /** Returns the plain text; made from the HTML by {@link HtmlText} if it has no template. */
  public String text() {
    return text;
  }

  /** Returns the images that the HTML shows by {@code cid:}, in the order of their first use. */
  public List<InlineImage> inlineImages() {
    return inlineImages;
  }

  /**
   * Puts the subject, the HTML with its images, and the text on a message and returns it; what
   * there is none of stays as it was. A subject of its own is set after this call.
   */
  public Message.Builder applyTo(Message.Builder message) {
    if (subject != null) {
      message.subject(subject);
    }
    if (html != null) {
      message.html(html);
    }
    inlineImages.forEach(image -> message.inline(image.contentId(), image.attachment()));
    return message.text(text);
  }
}
