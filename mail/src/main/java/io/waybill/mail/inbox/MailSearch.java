package io.waybill.mail.inbox;

import io.waybill.mail.FieldText;
import io.waybill.mail.MailException;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for in a mailbox; all of it must hold, and nothing is everything.
 *
 * <p>It is asked twice: of the server, which saves bytes, and of what was read, because servers
 * compare in their own ways.
 */
public final class MailSearch {
  private static final MailSearch EVERYTHING = builder().build();

  private final @Nullable String from;
  private final @Nullable String to;
  private final @Nullable String subject;
  private final @Nullable String messageId;
  private final @Nullable LocalDate since;
  private final @Nullable LocalDate before;
  private final long largerThan;
  private final boolean isUnseen;
  private final boolean hasAttachment;

  private MailSearch(Builder builder) {
    from = builder.from;
    to = builder.to;
    subject = builder.subject;
    messageId = builder.messageId;
    since = builder.since;
    before = builder.before;
    largerThan = builder.largerThan;
    isUnseen = builder.isUnseen;
    hasAttachment = builder.hasAttachment;
  }

  /** Returns the search that finds everything. */
  public static MailSearch everything() {
    return EVERYTHING;
  }

  /** Starts from everything. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns what name or address of an author must contain, without regard to case. */
  public Optional<String> from() {
    return Optional.ofNullable(from);
  }

  /** Returns what To or Cc must contain, without regard to case. */
  public Optional<String> to() {
    return Optional.ofNullable(to);
  }

  /** Returns what the subject must contain, without regard to case. */
  public Optional<String> subject() {
    return Optional.ofNullable(subject);
  }

  /** Returns the Message-ID that the message must have, with its angle brackets. */
  public Optional<String> messageId() {
    return Optional.ofNullable(messageId);
  }

  /** Returns the day on or after which it came into the mailbox, as the server counts days. */
  public Optional<LocalDate> since() {
    return Optional.ofNullable(since);
  }

  /** Returns the day before which it came into the mailbox, as the server counts days. */
  public Optional<LocalDate> before() {
    return Optional.ofNullable(before);
  }

  /** Returns the bytes that it must have more than. */
  public OptionalLong largerThan() {
    return largerThan < 0 ? OptionalLong.empty() : OptionalLong.of(largerThan);
  }

  /** Returns whether nobody may have read it. */
  public boolean isUnseen() {
    return isUnseen;
  }

  /** Returns whether something must be attached. */
  public boolean hasAttachment() {
    return hasAttachment;
  }

  /** Returns whether a message must be read to know whether it is wanted. */
  boolean needsContent() {
    return from != null || to != null || subject != null || messageId != null || hasAttachment;
  }

  /** Returns whether the server's facts are as wanted. */
  public boolean matches(MailFacts facts) {
    // a day may begin up to 14 hours earlier or later where the server is
    return (largerThan < 0 || facts.sizeBytes() > largerThan)
        && (!isUnseen || !facts.isSeen())
        && facts
            .receivedAt()
            .map(at -> at.atOffset(ZoneOffset.UTC).toLocalDate())
            .map(
                day ->
                    (since == null || !day.isBefore(since.minusDays(1)))
                        && (before == null || !day.isAfter(before)))
            .orElse(true);
  }

  /** Returns whether what was read is as wanted. */
  public boolean matches(ParsedMail mail) {
    return contains(mail.header("From"), from)
        && (to == null || contains(mail.header("To"), to) || contains(mail.header("Cc"), to))
        && contains(Optional.of(mail.subject()), subject)
        && (messageId == null || mail.messageId().equals(Optional.of(messageId)))
        && (!hasAttachment || hasAttachment(mail));
  }

  /** Pictures that the text shows are no attachments to people; other parts that it shows are. */
  private static boolean hasAttachment(ParsedMail mail) {
    List<ReceivedAttachment> shown = mail.inlineParts();
    return mail.attachments().stream()
        .anyMatch(each -> !shown.contains(each) || !each.contentType().startsWith("image/"));
  }

  private static boolean contains(Optional<String> value, @Nullable String part) {
    return part == null
        || value.orElse("").toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  /** Builds a {@link MailSearch}. */
  public static final class Builder {
    private @Nullable String from;
    private @Nullable String to;
    private @Nullable String subject;
    private @Nullable String messageId;
    private @Nullable LocalDate since;
    private @Nullable LocalDate before;
    private long largerThan = -1;
    private boolean isUnseen;
    private boolean hasAttachment;

    private Builder() {}

    /**
     * Asks for authors with this text in name or address.
     *
     * @throws MailException.InvalidMessage if it is empty or holds a control character
     */
    public Builder from(String text) {
      from = oneLine("from", text);
      return this;
    }

    /** Asks for recipients, in To or Cc, with this text in name or address. */
    public Builder to(String text) {
      to = oneLine("to", text);
      return this;
    }

    /** Asks for subjects with this text in them. */
    public Builder subject(String text) {
      subject = oneLine("subject", text);
      return this;
    }

    /** Asks for one message by its Message-ID, with angle brackets. */
    public Builder messageId(String id) {
      messageId = oneLine("message-id", id);
      return this;
    }

    /** Asks for what came on this day or later, as the server counts days. */
    public Builder since(LocalDate day) {
      since = day;
      return this;
    }

    /** Asks for what came before this day, as the server counts days. */
    public Builder before(LocalDate day) {
      before = day;
      return this;
    }

    /** Asks for messages with more bytes than this. */
    public Builder largerThan(long bytes) {
      largerThan = Math.max(0, bytes);
      return this;
    }

    /** Asks for what nobody has read. */
    public Builder unseen() {
      isUnseen = true;
      return this;
    }

    /** Asks for messages with something attached. */
    public Builder withAttachment() {
      hasAttachment = true;
      return this;
    }

    /** Returns the search. */
    public MailSearch build() {
      return new MailSearch(this);
    }
  }

  private static String oneLine(String field, String text) {
    if (text.isEmpty()) {
      throw new MailException.InvalidMessage(field, -1, "is empty");
    }
    return FieldText.require(field, text);
  }
}
