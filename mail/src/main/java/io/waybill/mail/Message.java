package io.waybill.mail;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Describes one mail to be sent: who, what, and which files.
 *
 * <p>Immutable. Every text was checked when the message was built: CR, LF, NUL, other controls and
 * lone surrogates are refused in everything that ends up in a header or an envelope, and the
 * exception names the field and the position, never the value.
 */
public final class Message {
  private final Address from;
  private final MessageParts parts;

  private Message(MessageParts parts) {
    parts.check();
    this.from = Objects.requireNonNull(parts.from);
    this.parts = parts.closed();
  }

  /** Starts an empty message. */
  public static Builder builder() {
    return new Builder(new MessageParts());
  }

  /** Returns a builder that holds everything this message does. */
  public Builder toBuilder() {
    return new Builder(parts.open());
  }

  /** Returns the author. */
  public Address from() {
    return from;
  }

  /** Returns the primary recipients. */
  public List<Address> to() {
    return parts.to;
  }

  /** Returns the recipients of a visible copy. */
  public List<Address> cc() {
    return parts.cc;
  }

  /** Returns the recipients who are named in no header. */
  public List<Address> bcc() {
    return parts.bcc;
  }

  /** Returns where answers go; empty means to the author. */
  public List<Address> replyTo() {
    return parts.replyTo;
  }

  /** Returns the subject, possibly empty. */
  public String subject() {
    return parts.subject;
  }

  /** Returns the plain text body, if there is one. */
  public Optional<String> text() {
    return Optional.ofNullable(parts.text);
  }

  /** Returns whether readers may wrap the plain text anew (RFC 3676). */
  public boolean isTextFlowed() {
    return parts.flowed;
  }

  /** Returns the HTML body, if there is one. */
  public Optional<String> html() {
    return Optional.ofNullable(parts.html);
  }

  /** Returns the invitation, if there is one. */
  public Optional<CalendarPart> calendar() {
    return Optional.ofNullable(parts.calendar);
  }

  /** Returns what the HTML shows, in order. */
  public List<InlinePart> inlineParts() {
    return parts.inlineParts;
  }

  /** Returns the attached files in order. */
  public List<Attachment> attachments() {
    return parts.attachments;
  }

  /** Returns the additional headers in order. */
  public List<Header> headers() {
    return parts.headers;
  }

  /** Returns how urgent it is; normal unless set. */
  public MessagePriority priority() {
    return parts.priority;
  }

  /** Returns in which way a program sends it, if no person does. */
  public Optional<AutoSubmitted> autoSubmitted() {
    return Optional.ofNullable(parts.autoSubmitted);
  }

  /** Returns how to leave the list, if it goes to one. */
  public Optional<ListUnsubscribe> listUnsubscribe() {
    return Optional.ofNullable(parts.listUnsubscribe);
  }

  /** Returns the Message-ID that the caller fixed, with its angle brackets. */
  public Optional<String> messageId() {
    return Optional.ofNullable(parts.messageId);
  }

  /** Returns the Message-ID of the message that this one answers. */
  public Optional<String> inReplyTo() {
    return Optional.ofNullable(parts.inReplyTo);
  }

  /** Returns the Message-IDs of the thread, oldest first. */
  public List<String> references() {
    return parts.references;
  }

  /** Returns the date that the caller fixed; without one it is that of preparing. */
  public Optional<Instant> date() {
    return Optional.ofNullable(parts.date);
  }

  /**
   * Returns the envelope: to everyone in to, cc and bcc, from the envelope sender that was set,
   * else from nobody for an automatic reply (RFC 3834 3.3), else from the author.
   *
   * @throws MailException.InvalidMessage if nobody is addressed
   */
  public Envelope envelope() {
    return parts.envelope();
  }

  /** Builds a {@link Message}; not safe for use by several threads. */
  public static final class Builder {
    private final MessageParts parts;

    private Builder(MessageParts parts) {
      this.parts = parts;
    }

    /** Sets the author; the text is read by {@link Address#parse}. */
    public Builder from(String address) {
      return from(MessageParts.named("from", address));
    }

    /** Sets the author. */
    public Builder from(Address address) {
      parts.from = address;
      return this;
    }

    /** Adds primary recipients; all recipients together are at most 10,000. */
    public Builder to(String... addresses) {
      parts.addRecipients("to", parts.to, addresses);
      return this;
    }

    /** Adds a primary recipient. */
    public Builder to(Address address) {
      parts.addRecipient(parts.to, address);
      return this;
    }

    /** Adds recipients of a visible copy. */
    public Builder cc(String... addresses) {
      parts.addRecipients("cc", parts.cc, addresses);
      return this;
    }

    /** Adds a recipient of a visible copy. */
    public Builder cc(Address address) {
      parts.addRecipient(parts.cc, address);
      return this;
    }

    /** Adds recipients who are named in no header. */
    public Builder bcc(String... addresses) {
      parts.addRecipients("bcc", parts.bcc, addresses);
      return this;
    }

    /** Adds a recipient who is named in no header. */
    public Builder bcc(Address address) {
      parts.addRecipient(parts.bcc, address);
      return this;
    }

    /** Adds addresses that answers go to. */
    public Builder replyTo(String... addresses) {
      for (String address : addresses) {
        replyTo(MessageParts.named("reply-to", address));
      }
      return this;
    }

    /** Adds an address that answers go to. */
    public Builder replyTo(Address address) {
      parts.replyTo.add(address);
      return this;
    }

    /** Sets where reports of failure go (the return path), as {@link #envelopeFrom(Address)}. */
    public Builder envelopeFrom(String address) {
      return envelopeFrom(MessageParts.named("envelope sender", address));
    }

    /** Sets where reports of failure go (the return path); without this call, to the author. */
    public Builder envelopeFrom(Address address) {
      parts.envelopeFrom = address;
      return this;
    }

    /** Wants no reports of failure: sends from {@code <>}, as answers of programs must. */
    public Builder nullSender() {
      parts.nullSender = true;
      return this;
    }

    /** Asks servers to report what became of the message. */
    public Builder dsn(DsnRequest request) {
      parts.dsn = request;
      return this;
    }

    /**
     * Sets the subject; the default is empty.
     *
     * @throws MailException.InvalidMessage if it is not one line of whole characters
     */
    public Builder subject(String line) {
      parts.subject = FieldText.require("subject", line);
      return this;
    }

    /**
     * Sets the plain text body; line ends of any kind become CRLF.
     *
     * @throws MailException.InvalidMessage if it holds NUL or a lone surrogate
     */
    public Builder text(String body) {
      parts.text = FieldText.requireBody("text", body);
      parts.flowed = false;
      return this;
    }

    /**
     * Sets the plain text body, each line of which is a paragraph that readers wrap to their width
     * (format=flowed, RFC 3676); lines that begin with {@code >} are quotes.
     *
     * @throws MailException.InvalidMessage as {@link #text}
     */
    public Builder textFlowed(String body) {
      text(body);
      parts.flowed = true;
      return this;
    }

    /**
     * Sets the HTML body.
     *
     * @throws MailException.InvalidMessage as {@link #text}
     */
    public Builder html(String body) {
      parts.html = FieldText.requireBody("html", body);
      return this;
    }

    /**
     * Adds what the HTML shows as {@code cid:} and this id.
     *
     * @throws MailException.InvalidMessage as {@link InlinePart}, and if the id is taken
     */
    public Builder inline(String contentId, Attachment content) {
      parts.addInline(new InlinePart(contentId, content));
      return this;
    }

    /**
     * Adds an invitation beside the text.
     *
     * @throws MailException.InvalidMessage as {@link CalendarPart}
     */
    public Builder calendar(String ics, String method) {
      parts.calendar = new CalendarPart(ics, method);
      return this;
    }

    /** Attaches a file under its own name. */
    public Builder attach(Path file) {
      return attach(Attachment.of(file));
    }

    /** Attaches something already described. */
    public Builder attach(Attachment attachment) {
      parts.attachments.add(attachment);
      return this;
    }

    /**
     * Adds a header field. Long values are folded at blanks; those that are not ASCII are encoded.
     *
     * @throws MailException.InvalidMessage if the name is not one, is one that the composer or a
     *     server writes, the value is not one line of whole characters or cannot be folded, or
     *     there are 1,000 already
     */
    public Builder header(String name, String value) {
      parts.addHeader(HeaderRules.header(name, value));
      return this;
    }

    /** Sets how urgent it is, in the three header fields that readers look at. */
    public Builder priority(MessagePriority priority) {
      parts.priority = priority;
      return this;
    }

    /** Says that a program sends it; a reply goes out from the null sender unless one is set. */
    public Builder autoSubmitted(AutoSubmitted how) {
      parts.autoSubmitted = how;
      return this;
    }

    /**
     * Says how to leave the list, and whether one click is enough.
     *
     * @throws MailException.InvalidMessage as {@link ListUnsubscribe}
     */
    public Builder listUnsubscribe(List<URI> uris, boolean oneClick) {
      parts.listUnsubscribe = new ListUnsubscribe(uris, oneClick);
      return this;
    }

    /**
     * Fixes the Message-ID; without this call a unique one is made when the message is prepared.
     *
     * @throws MailException.InvalidMessage if it does not look like {@code <left@right>}
     */
    public Builder messageId(String id) {
      parts.messageId = HeaderRules.messageId(id);
      return this;
    }

    /**
     * Names the message that this one answers; {@link #references} names the whole thread.
     *
     * @throws MailException.InvalidMessage if it is not one id in angle brackets
     */
    public Builder inReplyTo(String id) {
      parts.inReplyTo = HeaderRules.reference("in-reply-to", id);
      return this;
    }

    /**
     * Adds the messages of the thread, oldest first.
     *
     * @throws MailException.InvalidMessage if one is not one id in angle brackets
     */
    public Builder references(String... ids) {
      for (String id : ids) {
        parts.references.add(HeaderRules.reference("references", id));
      }
      return this;
    }

    /** Fixes the date; without this call it is that of preparing. */
    public Builder date(Instant instant) {
      parts.date = instant;
      return this;
    }

    /**
     * Returns the message.
     *
     * @throws MailException.InvalidMessage if it has no author, inline parts but no HTML, both an
     *     envelope sender and the null sender, or a header field both by its method and by {@link
     *     #header}
     */
    public Message build() {
      return new Message(parts);
    }
  }
}
