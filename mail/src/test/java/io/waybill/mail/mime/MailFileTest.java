package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Address;
import io.waybill.mail.Envelope;
import io.waybill.mail.MailException;
import io.waybill.mail.MessageEncoding;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mail file is sent as it is, but for what no mail that is sent may hold, or must. */
class MailFileTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T09:08:07Z"), ZoneOffset.UTC);
  private static final MessagePreparer PREPARER =
      MessagePreparer.builder().clock(CLOCK).random(new Random(1)).build();
  private static final String COMPLETE =
      """
      From: Ops <ops@example.org>
      To: you@example.net
      Date: Fri, 20 Nov 2026 09:08:07 +0000
      Message-ID: <1@example.org>
      MIME-Version: 1.0
      Subject: a
       long one

      body
      """
          .replace("\n", "\r\n");

  private static PreparedMessage prepare(String eml) {
    return prepare(eml.getBytes(UTF_8));
  }

  private static PreparedMessage prepare(byte[] eml) {
    return PREPARER.prepareEml(() -> new ByteArrayInputStream(eml), Optional.empty());
  }

  private static String text(PreparedMessage prepared) throws IOException {
    try (InputStream in = prepared.open()) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static String sent(String eml) throws IOException {
    try (PreparedMessage prepared = prepare(eml)) {
      return text(prepared);
    }
  }

  private static Envelope envelope(String eml) {
    try (PreparedMessage prepared = prepare(eml)) {
      return prepared.envelope();
    }
  }

  @Test
  void aCompleteMessageIsNotChanged() throws IOException {
    try (PreparedMessage prepared = prepare(COMPLETE)) {
      assertThat(text(prepared)).isEqualTo(COMPLETE);
      assertThat(prepared.messageId()).isEqualTo("<1@example.org>");
      assertThat(prepared.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
      assertThat(prepared.envelope()).hasToString("<ops@example.org> -> [you@example.net]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r"})
  void otherLineEndsBecomeCrlfAndTheLastLineGetsOne(String end) throws IOException {
    assertThat(sent(COMPLETE.replace("\r\n", end))).isEqualTo(COMPLETE);
    assertThat(sent(COMPLETE.stripTrailing().replace("\r\n", end))).isEqualTo(COMPLETE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void lineEndsAreMendedWhereverTheBlocksOfTheSourceEnd(long seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder mixed = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (String line : (COMPLETE + "x\r\n".repeat(20_000)).lines().toList()) {
      String end = List.of("\r\n", "\n").get(random.nextInt(2));
      mixed.append(line).append(end);
      expected.append(line).append("\r\n");
    }
    byte[] bytes = mixed.toString().getBytes(UTF_8);
    InputStream choppy =
        new FilterInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, 1 + random.nextInt(9)));
          }
        };
    try (PreparedMessage prepared = PREPARER.prepareEml(() -> choppy, Optional.empty())) {
      assertThat(text(prepared)).as("seed %d", seed).isEqualTo(expected.toString());
    }
  }

  @Test
  void whatIsMissingIsAdded() throws IOException {
    try (PreparedMessage prepared = prepare("From: a@example.org\nTo: b@example.net\n\nx")) {
      assertThat(prepared.messageId()).matches("<[0-9a-f]{32}@example\\.org>");
      assertThat(text(prepared))
          .isEqualTo(
              String.join(
                  "\r\n",
                  "From: a@example.org",
                  "To: b@example.net",
                  "Message-ID: " + prepared.messageId(),
                  "Date: Fri, 20 Nov 2026 09:08:07 +0000",
                  "MIME-Version: 1.0",
                  "",
                  "x",
                  ""));
    }
  }

  @Test
  void aMessageMayBeHeadersOnly() throws IOException {
    assertThat(sent("From: a@example.org\nTo: b@example.net\nMessage-ID:\n"))
        .startsWith("From: a@example.org\r\nTo: b@example.net\r\nMessage-ID: <")
        .endsWith("MIME-Version: 1.0\r\n\r\n");
  }

  @Test
  void blindRecipientsAndReturnPathAreInTheEnvelopeAndNotInTheBytes() throws IOException {
    String eml =
        "Return-Path: <bounces@example.org>\r\n"
            + "bcc: Secret <hidden@example.com>,\r\n\tother@example.com\r\n"
            + "Bcc : third@example.com\r\n"
            + COMPLETE;
    assertThat(sent(eml)).isEqualTo(COMPLETE);
    assertThat(envelope(eml).sender()).contains(Address.of("bounces@example.org"));
    assertThat(envelope(eml).recipients())
        .extracting(Address::address)
        .containsExactlyInAnyOrder(
            "you@example.net", "hidden@example.com", "other@example.com", "third@example.com");
  }

  @Test
  void aGivenEnvelopeWins() {
    Envelope given = Envelope.of(null, List.of(Address.of("x@example.net")));
    byte[] eml = ("Bcc: y@example.net\r\n" + COMPLETE).getBytes(UTF_8);
    try (PreparedMessage prepared =
        PREPARER.prepareEml(() -> new ByteArrayInputStream(eml), Optional.of(given))) {
      assertThat(prepared.envelope()).isSameAs(given);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Return-Path: <> | <> -> [you@example.net]",
        "Return-Path: < > | <> -> [you@example.net]",
        "Sender: s@example.org | <s@example.org> -> [you@example.net]",
        "Cc: team: c@example.net, d@example.net; | <ops@example.org> -> [you@example.net,"
            + " c@example.net, d@example.net]",
        "Cc: undisclosed-recipients:; | <ops@example.org> -> [you@example.net]",
        "Cc: \"a b\"@example.net | <ops@example.org> -> [you@example.net, \"a b\"@example.net]",
        "Cc: c@bücher.example | <ops@example.org> -> [you@example.net, c@xn--bcher-kva.example]",
      })
  void theEnvelopeFollowsFromTheHeaders(String line, String envelope) {
    String text = envelope(COMPLETE.replace("Date:", line + "\r\nDate:")).toString();
    assertThat(text).isEqualTo(envelope);
  }

  @Test
  void aResentMessageGoesToThoseOfTheLastResendingOnly() throws IOException {
    String eml =
        """
        Resent-From: r@example.org
        Resent-To: new@example.net
        Resent-Bcc: blind@example.net
        Received: by x
        Resent-From: old@example.org
        Resent-To: old@example.net
        Return-Path: <path@example.org>
        """
            + COMPLETE;
    assertThat(envelope(eml))
        .hasToString("<r@example.org> -> [new@example.net, blind@example.net]");
    assertThat(sent(eml)).contains("Resent-To: new@example.net\r\n").doesNotContain("blind");
  }

  @Test
  void severalAuthorsNeedNoSenderHere() {
    String eml = COMPLETE.replace("<ops@example.org>", "<ops@example.org>, dev@example.org");
    assertThat(envelope(eml).sender()).contains(Address.of("ops@example.org"));
  }

  @Test
  void theMarksOfOtherProgramsAtTheStartAreLeftOut() throws IOException {
    assertThat(sent("\uFEFF" + COMPLETE)).isEqualTo(COMPLETE);
    assertThat(sent("From ops@example.org Fri Nov 20 09:08:07 2026\n" + COMPLETE))
        .isEqualTo(COMPLETE);
  }

  @Test
  void bytesSayWhatAServerMustKnow() {
    Envelope foreign = Envelope.of(null, List.of(Address.of("ü@example.net")));
    byte[] complete = COMPLETE.getBytes(UTF_8);
    try (PreparedMessage body = prepare(COMPLETE + "ü\r\n");
        PreparedMessage latin = prepare((COMPLETE + "ü\r\n").getBytes(ISO_8859_1));
        PreparedMessage header = prepare("X-A: ü\r\n" + COMPLETE);
        PreparedMessage blind = prepare("Bcc: Zoë <z@example.net>\r\n" + COMPLETE);
        PreparedMessage recipient = prepare("Bcc: ü@example.net\r\n" + COMPLETE);
        PreparedMessage given =
            PREPARER.prepareEml(() -> new ByteArrayInputStream(complete), Optional.of(foreign))) {
      assertThat(body.encoding()).isEqualTo(MessageEncoding.EIGHT_BIT);
      assertThat(latin.encoding()).isEqualTo(MessageEncoding.EIGHT_BIT);
      assertThat(header.encoding()).isEqualTo(MessageEncoding.UTF8);
      assertThat(blind.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
      assertThat(recipient.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
      assertThat(recipient.envelope().needsUtf8()).isTrue();
      assertThat(given.encoding()).isEqualTo(MessageEncoding.SEVEN_BIT);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | header from",
        "To: a@example.net | header from",
        "From: a@example.org | recipients",
        "From: a@example.org~To: nobody | header to",
        "From: a@example.org~To: a@b.org c@d.org | header to",
        "From: a@example.org~Bcc: Doe, Joe <j@example.net> | header bcc",
        "From: nobody~To: a@example.net | header from",
        "From: a@example.org~From: b@example.org~To: a@example.net | header from",
        "From: a@example.org~SUBJECT: b~Subject: c~To: a@example.net | header subject",
        "From: a@example.org~To: a@example.net~Message-ID: none | header message-id",
        "From: a@example.org~To: a@example.net~Message-ID: <a> <b> | header message-id",
        "From: a@example.org~no field | line 2",
        "From: a@example.org~X: 1~ 2~ 3~X Y: 1 | line 5",
        "~From: a@example.org | header from",
        "~ From: a@example.org | header from",
      })
  void malformedHeadersAreRefusedByName(String headers, String field) {
    String eml = headers.replace("~", "\r\n") + "\r\n\r\nbody\r\n";
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare(eml))
        .satisfies(e -> assertThat(e.field()).isEqualTo(field))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("example", "Joe"));
  }

  @Test
  void headerBytesThatAreNoUtf8AreRefusedAndThoseOfBodiesAreNot() {
    byte[] eml = ("Subject2: ü\r\n" + COMPLETE).getBytes(ISO_8859_1);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare(eml))
        .satisfies(e -> assertThat(e.field()).isEqualTo("header subject2"));
  }

  @Test
  void badLinesAreRefusedByTheirNumber() throws IOException {
    String longest = "w".repeat(998);
    assertThat(sent(COMPLETE + longest + "\r\n")).endsWith(longest + "\r\n");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare(COMPLETE + "x\r\n" + longest + "w\r\n"))
        .withMessage("line 11 is longer than 998 octets");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare(COMPLETE + "x\0\r\n"))
        .withMessage("line 10 holds NUL");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare("X: " + longest + "\r\n" + COMPLETE))
        .withMessage("line 1 is longer than 998 octets");
  }

  @Test
  void theHeaderBlockIsBoundedInCountAndBytes() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare("X: 1\r\n".repeat(1000) + COMPLETE))
        .satisfies(e -> assertThat(e.field()).isEqualTo("headers"));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> prepare(("X: " + "1".repeat(900) + "\r\n").repeat(300) + COMPLETE))
        .satisfies(e -> assertThat(e.field()).isEqualTo("headers"));
  }

  @Test
  void filesAreReadFromDisk(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.eml"), COMPLETE);
    try (PreparedMessage prepared = PREPARER.prepareEml(file, Optional.empty())) {
      assertThat(text(prepared)).isEqualTo(COMPLETE);
    }
    assertThatExceptionOfType(MailException.ContentUnavailable.class)
        .isThrownBy(() -> PREPARER.prepareEml(folder.resolve("none.eml"), Optional.empty()))
        .withMessageContaining("none.eml");
  }

  @Test
  void whatWasComposedHereIsTakenAsItIs() throws IOException {
    io.waybill.mail.Message message =
        io.waybill.mail.Message.builder()
            .from("Zoë <ops@example.org>")
            .to("you@example.net")
            .subject("Grüße")
            .text("ü")
            .attach(io.waybill.mail.Attachment.of("a.bin", new byte[100_000]))
            .build();
    try (PreparedMessage composed = PREPARER.prepare(message);
        PreparedMessage read = PREPARER.prepareEml(composed::open, Optional.empty())) {
      assertThat(read.sha256()).isEqualTo(composed.sha256());
      assertThat(read.messageId()).isEqualTo(composed.messageId());
      assertThat(read.envelope()).hasToString(composed.envelope().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whateverIsInAFileEitherItIsRefusedOrItsBytesAreFitToBeSent(long seed) throws IOException {
    Random random = new Random(seed);
    String[] pieces = {
      "\r\n",
      "\n",
      "\r",
      "\r\n\r\n",
      " ",
      "\t",
      ":",
      "Bcc: x@example.net\r\n",
      "From ",
      "<",
      ">",
      "\"",
      "(",
      ",",
      ";",
      "\\",
      "@",
      "ü",
      "\u0000",
      "=?UTF-8?B?",
      "?=",
      "Resent-To: ",
      "w".repeat(990),
      "Return-Path: <>\r\n",
      "Message-ID: ",
      "\uFEFF",
      "[",
      "%"
    };
    int sent = 0;
    for (int i = 0; i < 200; i++) {
      StringBuilder eml = new StringBuilder("Bcc: hidden@example.com\r\n" + COMPLETE);
      for (int j = random.nextInt(4); j >= 0; j--) {
        int at = random.nextInt(eml.length());
        int until = random.nextBoolean() ? at : Math.min(eml.length(), at + random.nextInt(5));
        eml.replace(at, until, pieces[random.nextInt(pieces.length)]);
      }
      try (PreparedMessage prepared = prepare(eml.toString())) {
        sent++;
        String bytes = text(prepared);
        assertThat(bytes).as("seed %d round %d", seed, i).doesNotContain("\0").endsWith("\r\n");
        assertThat(bytes.replace("\r\n", "")).doesNotContain("\r", "\n");
        String headers = bytes.substring(0, bytes.indexOf("\r\n\r\n"));
        assertThat(headers.lines()).noneMatch(line -> line.matches("(?i)(resent-)?bcc *:.*"));
        try (PreparedMessage again =
            PREPARER.prepareEml(prepared::open, Optional.of(prepared.envelope()))) {
          assertThat(again.sha256()).isEqualTo(prepared.sha256());
          assertThat(again.messageId()).isEqualTo(prepared.messageId());
        }
      } catch (MailException.InvalidMessage e) {
        assertThat(e.getMessage()).doesNotContain("example");
      }
    }
    assertThat(sent).as("seed %d", seed).isBetween(10, 190);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "<", "\"", "[", "a:", ";", ",", "\\", "a@b.org,", "=?UTF-8?B?", "@"})
  void aRecipientFieldMadeToHurtIsRefusedOrRead(String piece) {
    String line = " " + piece.repeat(900 / piece.length()) + "\r\n";
    try (PreparedMessage prepared =
        prepare("From: a@example.org\r\nTo:" + line.repeat(200) + "\r\nbody\r\n")) {
      assertThat(prepared.envelope().recipients()).isNotEmpty();
    } catch (MailException.InvalidMessage e) {
      assertThat(e.field()).isIn("header to", "recipients");
    }
  }
}
