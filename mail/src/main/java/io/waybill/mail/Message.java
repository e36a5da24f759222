package io.waybill.mail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes one mail to be sent: who, what, and which files.
 *
 * <p>Immutable. Every text was checked when the message was built: CR, LF, NUL and lone surrogates
 * are refused in everything that ends up in a header.
 */
public final class Message {
  private final Address from;
  private final List<Address> to;
  private final List<Address> cc;
  private final List<Address> bcc;
  private final List<Address> replyTo;
  private final String subject;
  private final @Nullable String text;
  private final @Nullable String html;
  private final List<Attachment> attachments;
  private final List<Header> headers;
  private final @Nullable String messageId;

  private Message(Builder builder) {
    if (builder.from == null) {
      throw new MailException.InvalidMessage("from", -1, "is missing");
    }
    from = builder.from;
    to = List.copyOf(builder.to);
    cc = List.copyOf(builder.cc);
    bcc = List.copyOf(builder.bcc);
    replyTo = List.copyOf(builder.replyTo);
    subject = builder.subject;
    text = builder.text;
    html = builder.html;
    attachments = List.copyOf(builder.attachments);
    headers = List.copyOf(builder.headers);
    messageId = builder.messageId;
  }

  /** Starts an empty message. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that holds everything this message does. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.from = from;
    builder.to.addAll(to);
    builder.cc.addAll(cc);
    builder.bcc.addAll(bcc);
    builder.replyTo.addAll(replyTo);
    builder.subject = subject;
    builder.text = text;
    builder.html = html;
    builder.attachments.addAll(attachments);
    builder.headers.addAll(headers);
    builder.messageId = messageId;
    return builder;
  }

  /** Returns the author. */
  public Address from() {
    return from;
  }

  /** Returns the primary recipients. */
  public List<Address> to() {
    return to;
  }

  /** Returns the recipients of a visible copy. */
  public List<Address> cc() {
    return cc;
  }

  /** Returns the recipients who are named in no header. */
  public List<Address> bcc() {
    return bcc;
  }

  /** Returns where answers go; empty means to the author. */
  public List<Address> replyTo() {
    return replyTo;
  }

  /** Returns the subject, possibly empty. */
  public String subject() {
    return subject;
  }

  /** Returns the plain text body, if there is one. */
  public Optional<String> text() {
    return Optional.ofNullable(text);
  }

  /** Returns the HTML body, if there is one. */
  public Optional<String> html() {
    return Optional.ofNullable(html);
  }

  /** Returns the attached files in order. */
  public List<Attachment> attachments() {
    return attachments;
  }

  /** Returns the additional headers in order. */
  public List<Header> headers() {
    return headers;
  }

  /** Returns the Message-ID that the caller fixed, with its angle brackets. */
  public Optional<String> messageId() {
    return Optional.ofNullable(messageId);
  }

  /**
   * Returns the envelope that the headers imply: from the author to everyone in to, cc and bcc.
   *
   * @throws MailException.InvalidMessage if nobody is addressed
   */
  public Envelope envelope() {
    return Envelope.of(from, Stream.of(to, cc, bcc).flatMap(List::stream).toList());
  }

  /** Builds a {@link Message}; not safe for use by several threads. */
  public static final class Builder {
    private static final Pattern HEADER_NAME = Pattern.compile("[!-9;-~]{1,76}");
    private static final Pattern MESSAGE_ID = Pattern.compile("<[!-;=?-~]+@[!-;=?-~]+>");
    private static final int MAX_MESSAGE_ID = 900;
    private static final Set<String> OWN_HEADERS =
        Set.of(
            "from",
            "to",
            "cc",
            "bcc",
            "reply-to",
            "subject",
            "date",
            "message-id",
            "mime-version",
            "return-path",
            "received");

    private @Nullable Address from;
    private final List<Address> to = new ArrayList<>();
    private final List<Address> cc = new ArrayList<>();
    private final List<Address> bcc = new ArrayList<>();
    private final List<Address> replyTo = new ArrayList<>();
    private String subject = "";
    private @Nullable String text;
    private @Nullable String html;
    private final List<Attachment> attachments = new ArrayList<>();
    private final List<Header> headers = new ArrayList<>();
    private @Nullable String messageId;

    private Builder() {}

    /** Sets the author; the text is read by {@link Address#parse}. */
    public Builder from(String address) {
      return from(named("from", address));
    }

    /** Sets the author. */
    public Builder from(Address address) {
      from = address;
      return this;
    }

    /** Adds primary recipients. */
    public Builder to(String... addresses) {
      return add("to", to, addresses);
    }

    /** Adds a primary recipient. */
    public Builder to(Address address) {
      to.add(address);
      return this;
    }

    /** Adds recipients of a visible copy. */
    public Builder cc(String... addresses) {
      return add("cc", cc, addresses);
    }

    /** Adds a recipient of a visible copy. */
    public Builder cc(Address address) {
      cc.add(address);
      return this;
    }

    /** Adds recipients who are named in no header. */
    public Builder bcc(String... addresses) {
      return add("bcc", bcc, addresses);
    }

    /** Adds a recipient who is named in no header. */
    public Builder bcc(Address address) {
      bcc.add(address);
      return this;
    }

    /** Adds addresses that answers go to. */
    public Builder replyTo(String... addresses) {
      return add("reply-to", replyTo, addresses);
    }

    /** Adds an address that answers go to. */
    public Builder replyTo(Address address) {
      replyTo.add(address);
      return this;
    }

    /**
     * Sets the subject; the default is empty.
     *
     * @throws MailException.InvalidMessage if it is not one line of whole characters
     */
    public Builder subject(String line) {
      subject = FieldText.require("subject", line);
      return this;
    }

    /**
     * Sets the plain text body; line ends of any kind become CRLF.
     *
     * @throws MailException.InvalidMessage if it holds NUL or a lone surrogate
     */
    public Builder text(String body) {
      text = FieldText.requireBody("text", body);
      return this;
    }

    /**
     * Sets the HTML body.
     *
     * @throws MailException.InvalidMessage if it holds NUL or a lone surrogate
     */
    public Builder html(String body) {
      html = FieldText.requireBody("html", body);
      return this;
    }

    /** Attaches a file under its own name. */
    public Builder attach(Path file) {
      return attach(Attachment.of(file));
    }

    /** Attaches something already described. */
    public Builder attach(Attachment attachment) {
      attachments.add(attachment);
      return this;
    }

    /**
     * Adds a header that this builder has no method for.
     *
     * @throws MailException.InvalidMessage if the name is not one, is one that the composer writes
     *     itself, or the value is not one line of whole characters
     */
    public Builder header(String name, String value) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!HEADER_NAME.matcher(name).matches()) {
        throw new MailException.InvalidMessage("header name", -1, "is not printable ASCII");
      }
      if (OWN_HEADERS.contains(lower) || lower.startsWith("content-")) {
        throw new MailException.InvalidMessage(
            "header " + name, -1, "is written by the composer: use the method of that name");
      }
      headers.add(new Header(name, FieldText.require("header " + name, value)));
      return this;
    }

    /**
     * Fixes the Message-ID; without this call a unique one is made when the message is prepared.
     *
     * @throws MailException.InvalidMessage if it does not look like {@code <left@right>}
     */
    public Builder messageId(String id) {
      if (id.length() > MAX_MESSAGE_ID || !MESSAGE_ID.matcher(id).matches()) {
        throw new MailException.InvalidMessage("message-id", -1, "does not look like <left@right>");
      }
      messageId = id;
      return this;
    }

    /**
     * Returns the message.
     *
     * @throws MailException.InvalidMessage if it has no author
     */
    public Message build() {
      return new Message(this);
    }

    private Builder add(String field, List<Address> list, String... addresses) {
      for (String address : addresses) {
        list.add(named(field, address));
      }
      return this;
    }

    private static Address named(String field, String address) {
      try {
        return Address.parse(address);
      } catch (MailException.InvalidMessage e) {
        throw e.in(field);
      }
    }
  }
}
