package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.AutoSubmitted;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.MessagePriority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePreparerTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T09:08:07Z"), ZoneOffset.UTC);
  private static final MessagePreparer PREPARER = preparer().build();

  private static MessagePreparer.Builder preparer() {
    return MessagePreparer.builder().clock(CLOCK).random(new Random(1));
  }

  private static Message.Builder message() {
    return Message.builder().from("ops@example.org").to("you@example.net");
  }

  private static String text(PreparedMessage prepared) throws IOException {
    try (InputStream in = prepared.open()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static String compose(Message message) throws IOException {
    try (PreparedMessage prepared = PREPARER.prepare(message)) {
      return text(prepared);
    }
  }

  private static String field(String message, String name) {
    String unfolded = message.substring(0, message.indexOf("\r\n\r\n")).replace("\r\n ", " ");
    return unfolded
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .collect(Collectors.joining("|"));
  }

  @Test
  void writesTheOptionsIntoTheirHeaderFields() throws IOException {
    String bytes =
        compose(
            message()
                .date(Instant.parse("2020-02-29T23:59:59Z"))
                .inReplyTo("<3@example.net>")
                .references("<1@example.net>", "<2@example.net>", "<3@example.net>")
                .priority(MessagePriority.HIGH)
                .autoSubmitted(AutoSubmitted.AUTO_REPLIED)
                .listUnsubscribe(
                    List.of(
                        URI.create("https://example.org/leave?u=1"),
                        URI.create("mailto:leave@example.org?subject=ü")),
                    true)
                .build());
    assertThat(field(bytes, "Date")).isEqualTo("Sat, 29 Feb 2020 23:59:59 +0000");
    assertThat(field(bytes, "In-Reply-To")).isEqualTo("<3@example.net>");
    assertThat(field(bytes, "References"))
        .isEqualTo("<1@example.net> <2@example.net> <3@example.net>");
    assertThat(field(bytes, "X-Priority")).isEqualTo("1");
    assertThat(field(bytes, "Importance")).isEqualTo("high");
    assertThat(field(bytes, "Priority")).isEqualTo("urgent");
    assertThat(field(bytes, "Auto-Submitted")).isEqualTo("auto-replied");
    assertThat(field(bytes, "List-Unsubscribe"))
        .isEqualTo("<https://example.org/leave?u=1>, <mailto:leave@example.org?subject=%C3%BC>");
    assertThat(field(bytes, "List-Unsubscribe-Post")).isEqualTo("List-Unsubscribe=One-Click");
  }

  @Test
  void writesNothingThatWasNotAsked() throws IOException {
    assertThat(compose(message().priority(MessagePriority.NORMAL).build()))
        .doesNotContain("Priority")
        .doesNotContain("Importance")
        .doesNotContain("Auto-Submitted")
        .doesNotContain("List-")
        .doesNotContain("References");
  }

  @Test
  void theEnvelopeCarriesSenderAndReportRequest() {
    DsnRequest dsn = DsnRequest.of(DsnRequest.Notify.FAILURE);
    Message message = message().envelopeFrom("bounces+1@example.org").dsn(dsn).build();
    try (PreparedMessage prepared = PREPARER.prepare(message)) {
      assertThat(prepared.envelope().sender()).contains(Address.of("bounces+1@example.org"));
      assertThat(prepared.envelope().dsn()).contains(dsn);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "---, text/plain",
    "t--, text/plain",
    "-h-, text/html",
    "--c, text/calendar",
    "th-, alternative( text/plain text/html )",
    "thc, alternative( text/plain text/html text/calendar )",
    "-hi, related( text/html image/png )",
    "thi, alternative( text/plain related( text/html image/png ) )",
    "t-a, mixed( text/plain application/pdf )",
    "--a, mixed( application/pdf )",
    "tha, mixed( alternative( text/plain text/html ) application/pdf )",
    "thica, 'mixed( alternative( text/plain related( text/html image/png ) text/calendar )"
        + " application/pdf )'",
  })
  void theTreeIsTheSimplestThatCarriesTheParts(String parts, String tree) throws IOException {
    Message.Builder builder = message();
    if (parts.contains("t")) {
      builder.text("t");
    }
    if (parts.contains("h")) {
      builder.html("<p>h");
    }
    if (parts.contains("c")) {
      builder.calendar("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", "REQUEST");
    }
    if (parts.contains("i")) {
      builder.inline("logo", Attachment.of("logo.png", new byte[3]));
    }
    if (parts.contains("a")) {
      builder.attach(Attachment.of("a.pdf", new byte[3]));
    }
    try (PreparedMessage prepared = PREPARER.prepare(builder.build())) {
      assertThat(Outline.of(prepared)).isEqualTo(tree);
    }
  }

  @Test
  void inlineImagesAndInvitationsAreFoundByTheReader() throws IOException {
    String ics =
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nX-NOTE:ü" + "x".repeat(100) + "\r\nEND:VCALENDAR\r\n";
    Message message =
        message()
            .text("t")
            .html("<img src=\"cid:logo@example.org\">")
            .inline("logo@example.org", Attachment.of("Лого.png", new byte[] {1, 2, 3}))
            .calendar(ics, "REQUEST")
            .attach(Attachment.of("a.pdf", new byte[] {4}))
            .build();
    try (PreparedMessage prepared = PREPARER.prepare(message);
        InputStream in = prepared.open();
        ParsedMail mail = MimeReader.read(in, MimeLimits.defaults())) {
      assertThat(text(prepared))
          .contains("Content-Type: text/calendar; method=REQUEST; charset=UTF-8\r\n")
          .contains("Content-Type: multipart/related; type=\"text/html\";\r\n boundary=");
      assertThat(mail.defects()).isEmpty();
      assertThat(mail.html()).contains("<img src=\"cid:logo@example.org\">\r\n");
      ReceivedAttachment image = attachment(mail, "image/png");
      assertThat(image.isInline()).isTrue();
      assertThat(image.contentId()).contains("logo@example.org");
      assertThat(image.rawName()).isEqualTo("Лого.png");
      assertThat(content(image)).isEqualTo(new byte[] {1, 2, 3});
      assertThat(attachment(mail, "application/pdf").isInline()).isFalse();
      assertThat(mail.calendar()).contains(ics);
    }
  }

  private static ReceivedAttachment attachment(ParsedMail mail, String type) {
    return mail.attachments().stream()
        .filter(attachment -> attachment.contentType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static byte[] content(ReceivedAttachment attachment) throws IOException {
    try (InputStream in = attachment.open()) {
      return in.readAllBytes();
    }
  }

  @Test
  void addressesInAnotherScriptMakeTheHeadersUtf8AndNothingElseDoes() throws IOException {
    Message message =
        Message.builder()
            .from(Address.of("Zoë", "ops@bücher.example"))
            .to(Address.of("सम्पर्क", "संपर्क@डाटामेल.भारत"))
            .subject("Grüße")
            .text("ü")
            .build();
    try (PreparedMessage prepared = PREPARER.prepare(message)) {
      String bytes = text(prepared);
      assertThat(prepared.encoding()).isEqualTo(MessageEncoding.UTF8);
      assertThat(field(bytes, "To")).endsWith("<संपर्क@xn--c2bd4bq1db8d.xn--h2brj9c>");
      assertThat(bytes.replace("संपर्क", "")).matches("[\\x00-\\x7f]*");
      try (InputStream in = prepared.open();
          ParsedMail mail = MimeReader.read(in, MimeLimits.defaults())) {
        assertThat(mail.to()).isEqualTo(message.to());
        assertThat(mail.to().get(0).displayName()).contains("सम्पर्क");
        assertThat(mail.from()).containsExactly(message.from());
        assertThat(mail.defects()).isEmpty();
      }
    }
  }

  @Test
  void onlyAddressesInHeadersDecideWhetherTheBytesNeedUtf8() {
    Message ascii = message().subject("Grüße").text("ü").html("ü").build();
    Message blind = message().bcc("ü@example.org").build();
    Message bounces = message().envelopeFrom("ü@example.org").build();
    try (PreparedMessage seven = PREPARER.prepare(ascii);
        PreparedMessage bcc = PREPARER.prepare(blind);
        PreparedMessage sender = PREPARER.prepare(bounces)) {
      assertThat(seven.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
      // The bytes do not name them; that the envelope does is the envelope's matter.
      assertThat(bcc.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
      assertThat(bcc.envelope().needsUtf8()).isTrue();
      assertThat(sender.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
      assertThat(sender.envelope().needsUtf8()).isTrue();
    }
  }

  @Test
  void flowedTextSaysSo() throws IOException {
    String bytes = compose(message().textFlowed("word ".repeat(40) + "\n> quoted").build());
    assertThat(field(bytes, "Content-Type")).isEqualTo("text/plain; format=flowed; charset=UTF-8");
    assertThat(bytes).contains(" word \r\nword ").endsWith("> quoted\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'Subject: x\r\n\r\nbody\r\n', message/rfc822, 7bit, SEVEN_BIT",
    "'Subject: x\n\nbody', message/rfc822, 7bit, SEVEN_BIT",
    "'Subject: x\r\n\r\nbödy\r\n', message/rfc822, 8bit, EIGHT_BIT",
    "'Subject: ü\r\n\r\nbody\r\n', application/octet-stream, base64, SEVEN_BIT",
    "'', application/octet-stream, base64, SEVEN_BIT",
    "long, application/octet-stream, base64, SEVEN_BIT",
    "nul, application/octet-stream, base64, SEVEN_BIT",
  })
  void attachedMailsKeepTheirTypeWhenTheyMayTravelAsTheyAre(
      String shape, String type, String transferEncoding, MessageEncoding encoding)
      throws IOException {
    String eml =
        switch (shape) {
          case "long" -> "Subject: x\r\n\r\n" + "w".repeat(999) + "\r\n";
          case "nul" -> "Subject: x\r\n\r\n\0\r\n";
          default -> shape;
        };
    Message message =
        message()
            .text("t")
            .attach(Attachment.ofStream("a.eml", new ByteArrayInputStream(eml.getBytes(UTF_8))))
            .build();
    try (PreparedMessage prepared = PREPARER.prepare(message);
        InputStream in = prepared.open();
        ParsedMail mail = MimeReader.read(in, MimeLimits.defaults())) {
      assertThat(prepared.encoding()).isEqualTo(encoding);
      assertThat(text(prepared))
          .contains("Content-Type: " + type + "\r\n")
          .contains("Content-Transfer-Encoding: " + transferEncoding + "\r\n");
      assertThat(field(text(prepared), "Content-Transfer-Encoding"))
          .isEqualTo(transferEncoding.equals("8bit") ? "8bit" : "");
      ReceivedAttachment attachment = mail.attachments().get(0);
      assertThat(attachment.name()).isEqualTo("a.eml");
      String expected = type.equals("message/rfc822") ? eml.replaceAll("\r?\n", "\r\n") : eml;
      String end = expected.equals(eml) ? "" : "\r\n";
      assertThat(new String(content(attachment), UTF_8)).isEqualTo(expected + end);
    }
  }

  @Test
  void aStreamCanBePreparedOnceAndSaysSoAfterwards() {
    Message message =
        message().attach(Attachment.ofStream("a", new ByteArrayInputStream(new byte[9]))).build();
    PREPARER.prepare(message).close();
    assertThatExceptionOfType(MailException.ContentUnavailable.class)
        .isThrownBy(() -> PREPARER.prepare(message))
        .withMessageContaining("read before");
  }

  @Test
  void newMessageIdsCarryTheConfiguredDomainInAscii() {
    MessagePreparer preparer = preparer().messageIdDomain("bücher.example").build();
    try (PreparedMessage prepared = preparer.prepare(message().build())) {
      assertThat(prepared.messageId()).matches("<[0-9a-f]{32}@xn--bcher-kva\\.example>");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "ex\rample.org", "ex\nample.org", "ex\0ample.org", "ex\ud800"})
  void refusesMessageIdDomainsThatAreNone(String domain) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MessagePreparer.builder().messageIdDomain(domain))
        .satisfies(e -> assertThat(e.field()).isEqualTo("message-id domain"))
        .satisfies(e -> assertThat(e.position()).isEqualTo(domain.startsWith("ex") ? 2 : -1));
  }

  @Test
  void refusesHeadersThatNoReaderBears() {
    Message.Builder builder = message();
    for (int i = 0; i < 5000; i++) {
      builder.to("somebody.with.a.long.name." + i + "@department.example.org");
    }
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> PREPARER.prepare(builder.build()))
        .satisfies(e -> assertThat(e.field()).isEqualTo("headers"))
        .withMessageContaining("bcc");
  }
}
