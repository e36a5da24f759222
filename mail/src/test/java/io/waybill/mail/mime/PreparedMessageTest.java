package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedMessageTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T09:08:07Z"), ZoneOffset.UTC);

  private static Message.Builder message() {
    return Message.builder().from("ops@example.org").to("you@example.net");
  }

  private static String text(PreparedMessage prepared) throws IOException {
    try (InputStream in = prepared.open()) {
      return new String(in.readAllBytes(), US_ASCII);
    }
  }

  private static ParsedMail read(Message message) throws IOException {
    try (PreparedMessage prepared = PreparedMessage.of(message, CLOCK);
        InputStream in = prepared.open()) {
      return MimeReader.read(in, MimeLimits.defaults());
    }
  }

  @Test
  void writesTheSimplestMessageAsIs() throws IOException {
    Message message = message().subject("Hi").text("one\ntwo").messageId("<1@example.org>").build();
    try (PreparedMessage prepared = PreparedMessage.of(message, CLOCK)) {
      assertThat(text(prepared))
          .isEqualTo(
              String.join(
                  "\r\n",
                  "Date: Fri, 20 Nov 2026 09:08:07 +0000",
                  "From: ops@example.org",
                  "To: you@example.net",
                  "Message-ID: <1@example.org>",
                  "Subject: Hi",
                  "MIME-Version: 1.0",
                  "Content-Type: text/plain; charset=UTF-8",
                  "Content-Transfer-Encoding: 7bit",
                  "",
                  "one",
                  "two",
                  ""));
    }
  }

  @Test
  void yieldsTheSameBytesEachTimeAndTheirDigest() throws Exception {
    try (PreparedMessage prepared = PreparedMessage.of(message().text("x").build(), CLOCK)) {
      String first = text(prepared);
      assertThat(text(prepared)).isEqualTo(first);
      assertThat(prepared.sizeBytes()).isEqualTo(first.length());
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(first.getBytes(US_ASCII));
      assertThat(prepared.sha256()).isEqualTo("sha-256:" + HexFormat.of().formatHex(digest));
    }
  }

  @Test
  void neverNamesBlindRecipientsInTheBytes() throws IOException {
    Message message = message().bcc("Secret <hidden@example.com>").text("x").build();
    try (PreparedMessage prepared = PreparedMessage.of(message, CLOCK)) {
      assertThat(text(prepared)).doesNotContainIgnoringCase("hidden").doesNotContain("Bcc");
      assertThat(prepared.envelope().recipients()).contains(Address.of("hidden@example.com"));
    }
  }

  @Test
  void keepsLargeMessagesInAFileUntilClosed() throws IOException {
    Message large = message().attach(Attachment.of("big.bin", new byte[2_000_000])).build();
    PreparedMessage prepared = PreparedMessage.of(large, CLOCK);
    assertThat(prepared.isFile()).isTrue();
    assertThat(text(prepared)).hasSize((int) prepared.sizeBytes());
    prepared.close();
    assertThatExceptionOfType(IOException.class).isThrownBy(prepared::open);
  }

  @Test
  void namesTheFileThatCannotBeRead() {
    Message message = message().attach(Path.of("/no/such/report.csv")).build();
    assertThatExceptionOfType(MailException.ContentUnavailable.class)
        .isThrownBy(() -> PreparedMessage.of(message, CLOCK))
        .withMessageContaining("report.csv");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void everyLineIsShortSevenBitAndWhatWasWrittenIsRead(long seed) throws IOException {
    Random random = new Random(seed);
    String subject = words(random, 1 + random.nextInt(40));
    String text = words(random, 200).replace("  ", "\n") + "\n";
    String name = "f" + words(random, 12).replaceAll("[ .]+", "-") + "z.csv";
    byte[] bytes = new byte[random.nextInt(200_000)];
    random.nextBytes(bytes);
    Message message =
        Message.builder()
            .from(Address.of("A" + words(random, 4) + "Z", "ops@example.org"))
            .to("you@example.net")
            .subject(subject)
            .text(text)
            .html("<p>" + text)
            .attach(Attachment.of(name, bytes))
            .header("X-Long", "a" + words(random, 60) + "z")
            .build();
    try (PreparedMessage prepared = PreparedMessage.of(message, CLOCK, random)) {
      for (String line : text(prepared).split("\r\n", -1)) {
        assertThat(line).hasSizeLessThanOrEqualTo(78).matches("[\\x09\\x20-\\x7e]*");
      }
    }
    try (ParsedMail mail = read(message)) {
      // Names with characters that some system forbids are changed on purpose; nothing else is
      // wrong.
      assertThat(mail.defects()).allMatch(defect -> defect.kind() == Defect.Kind.UNSAFE_NAME);
      assertThat(mail.subject()).isEqualTo(subject);
      assertThat(mail.text()).contains(text.replace("\n", "\r\n"));
      assertThat(mail.html().orElseThrow()).startsWith("<p>");
      assertThat(mail.from()).containsExactly(message.from());
      assertThat(mail.from().get(0).displayName()).isEqualTo(message.from().displayName());
      assertThat(mail.header("X-Long")).contains(message.headers().get(0).value());
      assertThat(mail.attachments()).hasSize(1);
      ReceivedAttachment attachment = mail.attachments().get(0);
      assertThat(attachment.rawName()).isEqualTo(name);
      try (InputStream in = attachment.open()) {
        assertThat(in.readAllBytes()).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "report.csv",
        "été.csv",
        "レポート 2026 最終版.csv",
        "quote\"and\\slash.txt",
        "a very long name that does not fit into one single line of a header at all.txt",
        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀.bin",
        "100%25;=*'.txt"
      })
  void fileNamesSurvive(String name) throws IOException {
    try (ParsedMail mail = read(message().attach(Attachment.of(name, new byte[1])).build())) {
      assertThat(mail.attachments().get(0).rawName()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "=?UTF-8?Q?not_encoded?=", "a  b", "tab\tin", "x=?y", "ends "})
  void subjectsThatLookEncodedOrOddAreReadAsWritten(String subject) throws IOException {
    try (ParsedMail mail = read(message().subject(subject).build())) {
      assertThat(mail.subject()).isEqualTo(subject);
    }
  }

  @Test
  void trailingBlanksDotsAndEqualsSignsSurviveQuotedPrintable() throws IOException {
    String text = "é trailing \r\n.\r\n..x\r\n=3D\r\nFrom here\r\n" + "w".repeat(300) + "\r\n";
    try (ParsedMail mail = read(message().text(text).build())) {
      assertThat(mail.text()).contains(text);
    }
  }

  @Test
  void messageIdsAreUniqueAndCarryTheAuthorsDomain() {
    RandomGenerator random = new Random(1);
    try (PreparedMessage a = PreparedMessage.of(message().build(), CLOCK, random);
        PreparedMessage b = PreparedMessage.of(message().build(), CLOCK, random)) {
      assertThat(a.messageId()).matches("<[0-9a-f]{32}@example\\.org>");
      assertThat(a.messageId()).isNotEqualTo(b.messageId());
    }
  }

  /**
   * Words of ASCII, Latin, Greek, CJK and emoji with single blanks between them, blanks doubled
   * rarely.
   */
  private static String words(Random random, int count) {
    String[] alphabets = {"abcXYZ,;:()<>@.\"\\", "éèüßñ", "αβγδε", "日本語報告書", "😀🚀"};
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String alphabet = alphabets[random.nextInt(alphabets.length)];
      int[] points = alphabet.codePoints().toArray();
      for (int j = 0; j <= random.nextInt(8); j++) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      text.append(random.nextInt(10) == 0 ? "  " : " ");
    }
    return new String(text.toString().getBytes(UTF_8), UTF_8);
  }
}
