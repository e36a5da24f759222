package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.AutoSubmitted;
import io.waybill.mail.Header;
import io.waybill.mail.ListUnsubscribe;
import io.waybill.mail.Message;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.MessagePriority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Writes a message: its header fields, and behind them its tree of parts. */
final class MimeComposer {
  static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Message message;
  private final MimePart root;

  MimeComposer(Message message, MimePart root) {
    this.message = message;
    this.root = root;
  }

  void write(String messageId, Instant date, OutputStream out) throws IOException {
    HeaderWriter headers = new HeaderWriter();
    headers.structured("Date", DATE.format(date));
    headers.addresses("From", List.of(message.from()));
    headers.addresses("Reply-To", message.replyTo());
    headers.addresses("To", message.to());
    headers.addresses("Cc", message.cc());
    headers.structured("Message-ID", messageId);
    message.inReplyTo().ifPresent(id -> headers.structured("In-Reply-To", id));
    if (!message.references().isEmpty()) {
      headers.structured("References", message.references());
    }
    headers.text("Subject", message.subject());
    message
        .autoSubmitted()
        .map(AutoSubmitted::keyword)
        .ifPresent(keyword -> headers.structured("Auto-Submitted", keyword));
    message.listUnsubscribe().ifPresent(list -> unsubscribe(list, headers));
    priority(message.priority(), headers);
    for (Header header : message.headers()) {
      headers.value(header.name(), header.value());
    }
    headers.structured("MIME-Version", "1.0");
    root.write(headers, out);
  }

  /** RFC 2369 3.2, RFC 8058 3.1. */
  private static void unsubscribe(ListUnsubscribe list, HeaderWriter headers) {
    List<String> words = new ArrayList<>();
    for (URI uri : list.uris()) {
      words.add("<" + uri.toASCIIString() + ">,");
    }
    int last = words.size() - 1;
    words.set(last, words.get(last).substring(0, words.get(last).length() - 1));
    headers.structured("List-Unsubscribe", words);
    if (list.oneClick()) {
      headers.structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
  }

  /** Each of these is the only one that some reader looks at (RFC 2156 5.3.6 for the last two). */
  private static void priority(MessagePriority priority, HeaderWriter headers) {
    switch (priority) {
      case HIGH ->
          headers
              .structured("X-Priority", "1")
              .structured("Importance", "high")
              .structured("Priority", "urgent");
      case LOW ->
          headers
              .structured("X-Priority", "5")
              .structured("Importance", "low")
              .structured("Priority", "non-urgent");
      case NORMAL -> {}
    }
  }

  /** Returns what the bytes ask of a server. */
  MessageEncoding encoding() {
    boolean utf8 =
        Stream.of(List.of(message.from()), message.replyTo(), message.to(), message.cc())
            .flatMap(List::stream)
            .anyMatch(Address::needsUtf8);
    return utf8
        ? MessageEncoding.UTF8
        : root.isEightBit() ? MessageEncoding.EIGHT_BIT : MessageEncoding.SEVEN_BIT;
  }
}
