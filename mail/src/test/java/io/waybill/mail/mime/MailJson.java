package io.waybill.mail.mime;

import io.waybill.mail.Address;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** Writes down what was made of a message, for people to compare. */
final class MailJson {
  private final StringBuilder out = new StringBuilder();

  private MailJson() {}

  static String of(ParsedMail mail) throws IOException {
    MailJson json = new MailJson();
    json.out.append("{\n");
    json.put("from", addresses(mail.from()));
    json.put("to", addresses(mail.to()));
    json.put("cc", addresses(mail.cc()));
    json.put("subject", text(mail.subject()));
    mail.date().ifPresent(date -> json.put("date", text(date.toString())));
    json.put("text", mail.text());
    json.put("html", mail.html());
    json.put("calendar", mail.calendar());
    if (mail.isAutomatic()) {
      json.put("automatic", "true");
    }
    mail.deliveryReport().ifPresent(json::report);
    json.put("structure", part(mail.structure()));
    StringJoiner attachments = new StringJoiner(",\n    ", "[", "]");
    for (ReceivedAttachment each : mail.attachments()) {
      attachments.add(attachment(each));
    }
    json.put("attachments", attachments.toString());
    json.put("inline", list(mail.inlineParts().stream().map(ReceivedAttachment::name).toList()));
    json.put(
        "defects",
        list(mail.defects().stream().map(each -> each.kind() + ": " + each.detail()).toList()));
    json.out.setLength(json.out.length() - 2);
    return json.out.append("\n}\n").toString();
  }

  private void put(String name, Optional<String> value) {
    value.ifPresent(text -> put(name, text(text)));
  }

  private void put(String name, String json) {
    if (!json.equals("[]")) {
      out.append("  ").append(text(name)).append(": ").append(json).append(",\n");
    }
  }

  private void report(DeliveryReport report) {
    StringJoiner recipients = new StringJoiner(",\n      ", "[", "]");
    for (DeliveryReport.Recipient each : report.recipients()) {
      recipients.add(
          object(
              "address", each.address(),
              "original", each.original().orElse(""),
              "action", each.action().name(),
              "kind", each.kind().name(),
              "status", each.status().orElse(""),
              "diagnostic", each.diagnostic().orElse(""),
              "server", each.server().orElse("")));
    }
    put(
        "report",
        "{\"about\": "
            + text(report.originalMessageId().orElse(""))
            + ", \"envelope\": "
            + text(report.envelopeId().orElse(""))
            + ", \"by\": "
            + text(report.reportingServer().orElse(""))
            + ",\n    \"recipients\": "
            + recipients
            + "}");
  }

  private static String part(ReceivedPart part) {
    String self = text(part.contentType() + " " + part.role() + " " + part.sizeBytes());
    return part.children().isEmpty()
        ? self
        : "{" + self + ": [" + String.join(", ", parts(part.children())) + "]}";
  }

  private static List<String> parts(List<ReceivedPart> parts) {
    return parts.stream().map(MailJson::part).toList();
  }

  private static String attachment(ReceivedAttachment attachment) throws IOException {
    try (InputStream in = attachment.open()) {
      byte[] begin = in.readNBytes(40);
      return object(
          "name", attachment.name(),
          "raw", attachment.rawName(),
          "type", attachment.contentType(),
          "id", attachment.contentId().orElse(""),
          "begins", new String(begin, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
  }

  private static String addresses(List<Address> addresses) {
    return list(addresses.stream().map(Address::toString).toList());
  }

  private static String list(List<String> texts) {
    return "[" + String.join(", ", texts.stream().map(MailJson::text).toList()) + "]";
  }

  private static String object(String... namesAndTexts) {
    StringJoiner object = new StringJoiner(", ", "{", "}");
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      if (!namesAndTexts[i + 1].isEmpty()) {
        object.add(text(namesAndTexts[i]) + ": " + text(namesAndTexts[i + 1]));
      }
    }
    return object.toString();
  }

  private static String text(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c == '\r') {
                quoted.append("\\r");
              } else if (c == '\n') {
                quoted.append("\\n");
              } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
