package io.waybill.jobs.json;

import io.waybill.mail.Address;
import io.waybill.mail.inbox.GmailFacts;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.mime.DeliveryReport;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import io.waybill.mail.mime.ReceivedHeader;
import io.waybill.mail.mime.ReceivedPart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON form of a received message: {@code waybill.mail/1}. What it holds is what a sender
 * wrote: nothing in it is to be believed.
 */
public final class MailForm {
  /** Name and version of the form. */
  public static final String SCHEMA = "waybill.mail/1";

  /** Name and version of a list of such forms under {@code messages}. */
  public static final String LIST_SCHEMA = "waybill.mails/1";

  private MailForm() {}

  /** Returns where a message is and what its headers say. */
  public static Map<String, Object> head(InboundMail mail) {
    Map<String, Object> form = facts(mail.facts());
    form.putAll(head(mail.mail()));
    return form;
  }

  /** Returns all of a message. */
  public static Map<String, Object> whole(InboundMail mail) {
    Map<String, Object> form = facts(mail.facts());
    form.putAll(whole(mail.mail()));
    return form;
  }

  private static Map<String, Object> facts(MailFacts facts) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("folder", facts.folder());
    form.put("uid-validity", facts.uidValidity());
    form.put("uid", facts.uid());
    form.put("size", facts.sizeBytes());
    facts.receivedAt().ifPresent(at -> form.put("received-at", at.toString()));
    form.put("flags", facts.flags());
    facts.gmail().ifPresent(gmail -> form.put("gmail", gmail(gmail)));
    return form;
  }

  private static Map<String, Object> gmail(GmailFacts gmail) {
    return Map.of(
        "message-id", gmail.messageId(), "thread-id", gmail.threadId(), "labels", gmail.labels());
  }

  private static Map<String, Object> head(ParsedMail mail) {
    Map<String, Object> form = new LinkedHashMap<>();
    mail.messageId().ifPresent(id -> form.put("message-id", id));
    mail.date().ifPresent(date -> form.put("date", date.toString()));
    form.put("from", addresses(mail.from()));
    form.put("to", addresses(mail.to()));
    form.put("cc", addresses(mail.cc()));
    form.put("subject", mail.subject());
    return form;
  }

  /** Returns all of a message that was read. */
  public static Map<String, Object> whole(ParsedMail mail) {
    Map<String, Object> form = head(mail);
    form.put("reply-to", addresses(mail.replyTo()));
    form.put("automatic", mail.isAutomatic());
    form.put("headers", mail.headers().stream().map(MailForm::header).toList());
    mail.text().ifPresent(text -> form.put("text", text));
    mail.html().ifPresent(html -> form.put("html", html));
    mail.calendar().ifPresent(calendar -> form.put("calendar", calendar));
    mail.deliveryReport().ifPresent(report -> form.put("delivery-report", report(report)));
    form.put("structure", part(mail.structure()));
    form.put("attachments", mail.attachments().stream().map(MailForm::attachment).toList());
    form.put(
        "defects",
        mail.defects().stream()
            .map(each -> Map.of("kind", Plain.word(each.kind()), "detail", each.detail()))
            .toList());
    return form;
  }

  private static List<String> addresses(List<Address> addresses) {
    return addresses.stream().map(Address::toString).toList();
  }

  private static Map<String, Object> header(ReceivedHeader header) {
    return Map.of("name", header.name(), "value", header.value());
  }

  private static Map<String, Object> part(ReceivedPart part) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("type", part.contentType());
    form.put("role", Plain.word(part.role()));
    if (!part.name().isEmpty()) {
      form.put("name", part.name());
    }
    if (part.children().isEmpty()) {
      form.put("size", part.sizeBytes());
    } else {
      form.put("parts", part.children().stream().map(MailForm::part).toList());
    }
    return form;
  }

  private static Map<String, Object> attachment(ReceivedAttachment attachment) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", attachment.name());
    if (!attachment.rawName().equals(attachment.name())) {
      form.put("raw-name", attachment.rawName());
    }
    form.put("type", attachment.contentType());
    form.put("size", attachment.sizeBytes());
    form.put("digest", attachment.sha256());
    attachment.contentId().ifPresent(id -> form.put("content-id", id));
    form.put("inline", attachment.isInline());
    return form;
  }

  private static Map<String, Object> report(DeliveryReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    report.originalMessageId().ifPresent(id -> form.put("about", id));
    report.envelopeId().ifPresent(id -> form.put("envelope-id", id));
    report.reportingServer().ifPresent(server -> form.put("by", server));
    form.put("recipients", report.recipients().stream().map(MailForm::recipient).toList());
    return form;
  }

  private static Map<String, Object> recipient(DeliveryReport.Recipient recipient) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("address", recipient.address());
    recipient.original().ifPresent(address -> form.put("original", address));
    form.put("action", Plain.word(recipient.action()));
    form.put("kind", Plain.word(recipient.kind()));
    recipient.status().ifPresent(status -> form.put("status", status));
    recipient.diagnostic().ifPresent(text -> form.put("diagnostic", text));
    return form;
  }
}
