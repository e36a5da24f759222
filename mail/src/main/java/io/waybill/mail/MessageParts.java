package io.waybill.mail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds what a builder collects and a message keeps; that of a message is never written again. */
final class MessageParts {
  static final int MAX_RECIPIENTS = 10_000;

  @Nullable Address from;
  List<Address> to = new ArrayList<>();
  List<Address> cc = new ArrayList<>();
  List<Address> bcc = new ArrayList<>();
  List<Address> replyTo = new ArrayList<>();
  @Nullable Address envelopeFrom;
  boolean nullSender;
  @Nullable DsnRequest dsn;
  String subject = "";
  @Nullable String text;
  boolean flowed;
  @Nullable String html;
  @Nullable CalendarPart calendar;
  List<InlinePart> inlineParts = new ArrayList<>();
  List<Attachment> attachments = new ArrayList<>();
  List<Header> headers = new ArrayList<>();
  MessagePriority priority = MessagePriority.NORMAL;
  @Nullable AutoSubmitted autoSubmitted;
  @Nullable ListUnsubscribe listUnsubscribe;
  @Nullable String messageId;
  @Nullable String inReplyTo;
  List<String> references = new ArrayList<>();
  @Nullable Instant date;

  /** Returns a copy whose lists can grow. */
  MessageParts open() {
    return copy(new MessageParts(), false);
  }

  /** Returns a copy whose lists cannot change. */
  MessageParts closed() {
    return copy(new MessageParts(), true);
  }

  private MessageParts copy(MessageParts copy, boolean closed) {
    copy.from = from;
    copy.to = list(to, closed);
    copy.cc = list(cc, closed);
    copy.bcc = list(bcc, closed);
    copy.replyTo = list(replyTo, closed);
    copy.envelopeFrom = envelopeFrom;
    copy.nullSender = nullSender;
    copy.dsn = dsn;
    copy.subject = subject;
    copy.text = text;
    copy.flowed = flowed;
    copy.html = html;
    copy.calendar = calendar;
    copy.inlineParts = list(inlineParts, closed);
    copy.attachments = list(attachments, closed);
    copy.headers = list(headers, closed);
    copy.priority = priority;
    copy.autoSubmitted = autoSubmitted;
    copy.listUnsubscribe = listUnsubscribe;
    copy.messageId = messageId;
    copy.inReplyTo = inReplyTo;
    copy.references = list(references, closed);
    copy.date = date;
    return copy;
  }

  private static <T> List<T> list(List<T> list, boolean closed) {
    return closed ? List.copyOf(list) : new ArrayList<>(list);
  }

  static Address named(String field, String address) {
    try {
      return Address.parse(address);
    } catch (MailException.InvalidMessage e) {
      throw e.in(field);
    }
  }

  void addRecipients(String field, List<Address> kind, String... addresses) {
    for (String address : addresses) {
      addRecipient(kind, named(field, address));
    }
  }

  void addRecipient(List<Address> kind, Address address) {
    if (to.size() + cc.size() + bcc.size() == MAX_RECIPIENTS) {
      throw new MailException.InvalidMessage(
          "recipients", -1, "are more than " + MAX_RECIPIENTS + ": send several messages");
    }
    kind.add(address);
  }

  void addInline(InlinePart part) {
    if (inlineParts.stream().anyMatch(other -> other.contentId().equals(part.contentId()))) {
      throw new MailException.InvalidMessage("inline content id", -1, "is there already");
    }
    inlineParts.add(part);
  }

  void addHeader(Header header) {
    if (headers.size() == HeaderRules.MAX_HEADERS) {
      throw new MailException.InvalidMessage(
          "headers", -1, "are more than " + HeaderRules.MAX_HEADERS);
    }
    headers.add(header);
  }

  Envelope envelope() {
    List<Address> recipients = new ArrayList<>(to);
    recipients.addAll(cc);
    recipients.addAll(bcc);
    boolean nobody = nullSender || autoSubmitted == AutoSubmitted.AUTO_REPLIED;
    Address sender = envelopeFrom != null || nobody ? envelopeFrom : from;
    return Envelope.of(sender, recipients).withDsn(dsn);
  }

  /** Refuses combinations that no single call could see. */
  void check() {
    if (from == null) {
      throw new MailException.InvalidMessage("from", -1, "is missing");
    }
    if (!inlineParts.isEmpty() && html == null) {
      throw new MailException.InvalidMessage(
          "inline parts", -1, "need an html body to be shown in: attach them instead");
    }
    if (nullSender && envelopeFrom != null) {
      throw new MailException.InvalidMessage(
          "envelope sender", -1, "is given, and the null sender too");
    }
    refuseTwice(priority != MessagePriority.NORMAL, "X-Priority", "Importance", "Priority");
    refuseTwice(autoSubmitted != null, "Auto-Submitted");
    refuseTwice(listUnsubscribe != null, "List-Unsubscribe", "List-Unsubscribe-Post");
    refuseTwice(inReplyTo != null, "In-Reply-To");
    refuseTwice(!references.isEmpty(), "References");
  }

  private void refuseTwice(boolean byMethod, String... names) {
    if (!byMethod || headers.isEmpty()) {
      return;
    }
    for (Header header : headers) {
      for (String name : names) {
        if (header.name().equalsIgnoreCase(name)) {
          throw new MailException.InvalidMessage(
              "header " + name, -1, "is set by the method for it and by header(): use one");
        }
      }
    }
  }
}
