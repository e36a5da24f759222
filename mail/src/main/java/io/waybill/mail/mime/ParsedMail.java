package io.waybill.mail.mime;

import io.waybill.mail.Address;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds everything that could be read of a message, and what was wrong with it.
 *
 * <p>Large attachments live in temporary files until {@link #close()}.
 */
public final class ParsedMail implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ParsedMail.class);

  /** Where HTML names a part (RFC 2392). */
  private static final Pattern CID =
      Pattern.compile("cid:([^\"'\\s<>()]{1,998})", Pattern.CASE_INSENSITIVE);

  private final List<ReceivedHeader> headers;
  private final Map<String, List<Address>> addresses;
  private final @Nullable Instant date;
  private final @Nullable String text;
  private final @Nullable String html;
  private final @Nullable String calendar;
  private final ReceivedPart structure;
  private final @Nullable DeliveryReport report;
  private final List<ReceivedAttachment> attachments;
  private final List<Defect> defects;
  private final List<Spool> spools;
  private final long sizeBytes;

  ParsedMail(MimeReader.Collected collected, long sizeBytes) {
    this.headers = List.copyOf(collected.headers);
    this.addresses = Map.copyOf(collected.addresses);
    this.date = collected.date;
    this.text = collected.text;
    this.html = collected.html;
    this.calendar = collected.calendar;
    this.structure = Objects.requireNonNull(collected.structure);
    this.report = collected.report;
    this.attachments = List.copyOf(collected.attachments);
    this.spools = List.copyOf(collected.spools);
    this.defects = List.copyOf(collected.defects);
    this.sizeBytes = sizeBytes;
  }

  /** Returns the headers of the message in their order. */
  public List<ReceivedHeader> headers() {
    return headers;
  }

  /** Returns the first header of this name, without regard to case. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(ReceivedHeader::value)
        .findFirst();
  }

  /** Returns the decoded subject, empty when there is none. */
  public String subject() {
    return header("Subject").orElse("");
  }

  /** Returns the authors that are valid addresses. */
  public List<Address> from() {
    return addresses("from");
  }

  /** Returns the primary recipients that are valid addresses. */
  public List<Address> to() {
    return addresses("to");
  }

  /** Returns the recipients of a copy that are valid addresses. */
  public List<Address> cc() {
    return addresses("cc");
  }

  /** Returns where answers go, as far as these are valid addresses. */
  public List<Address> replyTo() {
    return addresses("reply-to");
  }

  /** Returns the Message-ID with its angle brackets, as the message has it. */
  public Optional<String> messageId() {
    return header("Message-ID").map(String::strip).filter(id -> !id.isEmpty());
  }

  /** Returns the date that the sender claims, if it can be understood. */
  public Optional<Instant> date() {
    return Optional.ofNullable(date);
  }

  /** Returns the plain text, if there is any. */
  public Optional<String> text() {
    return Optional.ofNullable(text);
  }

  /** Returns the HTML, if there is any. */
  public Optional<String> html() {
    return Optional.ofNullable(html);
  }

  /** Returns an invitation, or an answer to one, as iCalendar text, if there is any. */
  public Optional<String> calendar() {
    return Optional.ofNullable(calendar);
  }

  /** Returns the tree of parts. */
  public ReceivedPart structure() {
    return structure;
  }

  /** Returns what the message reports about the delivery of another one, if that is what it is. */
  public Optional<DeliveryReport> deliveryReport() {
    return Optional.ofNullable(report);
  }

  /**
   * Returns whether no person wrote this, or it came by a list (RFC 3834 2): it must not be
   * answered by a program.
   */
  public boolean isAutomatic() {
    return AutomaticMail.is(this);
  }

  /** Returns the attachments that belong into the text: shown inline, or named by the HTML. */
  public List<ReceivedAttachment> inlineParts() {
    Set<String> shown = new HashSet<>();
    Matcher cids = CID.matcher(html == null ? "" : html);
    while (cids.find()) {
      shown.add(cids.group(1));
    }
    return attachments.stream()
        .filter(each -> each.isInline() || each.contentId().filter(shown::contains).isPresent())
        .toList();
  }

  /** Returns every part that is not the text, in order; nothing is dropped. */
  public List<ReceivedAttachment> attachments() {
    return attachments;
  }

  /** Returns what is wrong with the message. */
  public List<Defect> defects() {
    return defects;
  }

  /** Returns how many bytes were read. */
  public long sizeBytes() {
    return sizeBytes;
  }

  private List<Address> addresses(String name) {
    return addresses.getOrDefault(name, List.of());
  }

  /** Deletes the temporary files of the attachments. */
  @Override
  public void close() {
    for (Spool spool : spools) {
      try {
        spool.release();
      } catch (IOException e) {
        log.warn("mail.spool-left error={}", e.toString());
      }
    }
  }
}
