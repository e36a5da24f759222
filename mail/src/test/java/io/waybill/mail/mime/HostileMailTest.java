package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail that is written to break who reads it: too large to lie among the other odd ones. */
@Timeout(60)
class HostileMailTest {
  private static ParsedMail read(String text) throws IOException {
    return MimeReader.read(new ByteArrayInputStream(text.getBytes(UTF_8)), MimeLimits.defaults());
  }

  private static void assertPartial(ParsedMail mail) {
    assertThat(mail.defects()).extracting(Defect::kind).contains(Defect.Kind.LIMIT_EXCEEDED);
  }

  @Test
  void oneHeaderThatIsTooLongCostsNothingElse() throws IOException {
    String words = "x".repeat(70) + "\r\n ";
    for (String header : new String[] {"x".repeat(300_000), words.repeat(5_000) + "x"}) {
      try (ParsedMail mail =
          read("From: a@example.org\r\nX-Long: " + header + "\r\nSubject: s\r\n\r\nbody\r\n")) {
        assertPartial(mail);
        assertThat(mail.subject()).isEqualTo("s");
        assertThat(mail.header("X-Long")).isEmpty();
        assertThat(mail.text()).contains("body\r\n");
      }
    }
  }

  @Test
  void bytesThatAreNoMailAtAllAreKept() throws IOException {
    byte[] bytes = new byte[20_000];
    for (int seed = 0; seed < 20; seed++) {
      new Random(seed).nextBytes(bytes);
      try (ParsedMail mail =
          MimeReader.read(new ByteArrayInputStream(bytes), MimeLimits.defaults())) {
        assertThat(mail.structure().sizeBytes()).isGreaterThan(19_000);
        assertThat(mail.defects()).isNotEmpty();
      }
    }
  }

  @Test
  void multipartsNestedTenThousandDeep() throws IOException {
    StringBuilder text = new StringBuilder("Subject: deep\r\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\r\n\r\n--b");
      text.append(i).append("\r\n");
    }
    text.append("Content-Type: text/plain\r\n\r\nat the bottom\r\n");
    try (ParsedMail mail = read(text.toString())) {
      assertThat(mail.subject()).isEqualTo("deep");
      assertPartial(mail);
    }
  }

  @Test
  void mailsWithinMailsTenThousandDeep() throws IOException {
    String text =
        "Subject: deep\r\n" + "Content-Type: message/rfc822\r\n\r\n".repeat(10_000) + "bottom\r\n";
    try (ParsedMail mail = read(text)) {
      assertThat(mail.subject()).isEqualTo("deep");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"=?utf-8?Q?=C3=A4?=", "=?utf-8?B?w6Q=?=", "=?x-unknown?Q?a?=", "=?"})
  void eightyThousandEncodedWords(String word) throws IOException {
    String subject = (word + "\r\n ").repeat(80_000).strip();
    try (ParsedMail mail = read("Subject: " + subject + "\r\n\r\nbody\r\n")) {
      assertPartial(mail);
    }
  }

  @Test
  void aHundredThousandHeaders() throws IOException {
    try (ParsedMail mail = read("X: y\r\n".repeat(100_000) + "\r\nbody\r\n")) {
      assertThat(mail.headers()).hasSizeLessThanOrEqualTo(1000);
      assertPartial(mail);
    }
  }

  @Test
  void aHundredThousandParts() throws IOException {
    String parts = "--b\r\n\r\nx\r\n".repeat(100_000);
    try (ParsedMail mail =
        read("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + "--b--\r\n")) {
      assertThat(mail.attachments()).hasSizeLessThanOrEqualTo(1000);
      assertPartial(mail);
    }
  }

  @Test
  void aParameterInAHundredThousandPieces() throws IOException {
    StringBuilder type = new StringBuilder("Content-Type: application/x");
    for (int i = 0; i < 100_000; i++) {
      type.append(";\r\n name*").append(i).append("=a");
    }
    try (ParsedMail mail = read(type + "\r\n\r\nbody\r\n")) {
      assertThat(mail.attachments()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void thousandsOfCharsetsThatNobodyKnows() throws IOException {
    StringBuilder subject = new StringBuilder();
    for (int i = 0; i < 9_999; i++) {
      subject.append("=?x-").append(i).append("?q?a?= ");
    }
    try (ParsedMail mail = read("Subject: " + subject + "=?koi8-r?q?=C1?=\r\n\r\nbody\r\n")) {
      assertThat(mail.subject()).hasSize(10_000).endsWith("a\u0430");
    }
  }

  @Test
  void aWordThatHoldsTensOfThousands() throws IOException {
    String within = Base64.getEncoder().encodeToString("=?a".repeat(60_000).getBytes(UTF_8));
    try (ParsedMail mail = read("From: =?utf-8?b?" + within + "?= <a@example.org>\r\n\r\nbody")) {
      assertThat(mail.from().get(0).displayName().orElseThrow()).hasSize(180_000);
    }
  }

  @Test
  void millionsOfLinesThatAreNoHeaders() throws IOException {
    String lines = "y\n".repeat(5_000_000) + "\r\nbody\r\n";
    try (ParsedMail mail = read("Subject: x\r\n" + lines)) {
      assertThat(mail.structure().sizeBytes()).isEqualTo(lines.length());
      assertThat(mail.defects()).hasSize(1);
    }
    String multipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nA: b\r\n";
    try (ParsedMail mail = read(multipart + lines + "\r\n--b--\r\n")) {
      assertThat(mail.structure().children().get(0).sizeBytes()).isEqualTo(lines.length());
    }
  }

  @Test
  void aBoundaryThatIsLikeWhatItDivides() throws IOException {
    String dashes = "-".repeat(100_000);
    try (ParsedMail mail =
        read(
            "Content-Type: multipart/mixed; boundary=\""
                + dashes
                + "x\"\r\n\r\n"
                + dashes.repeat(10))) {
      assertThat(mail.text().orElseThrow()).hasSize(1_000_000);
      assertPartial(mail);
    }
  }

  @Test
  void moreDefectsThanPartsAndHeaders() throws IOException {
    try (ParsedMail mail = read("To: " + "a,".repeat(100_000) + "\r\n\r\nbody\r\n")) {
      assertThat(mail.defects()).hasSize(1);
    }
  }

  @Test
  void attachmentsThatAreSmallEachAndManyStayInFiles() throws IOException {
    String part = "--b\r\nContent-Type: application/x\r\n\r\n" + "y".repeat(1_000_000) + "\r\n";
    try (ParsedMail mail =
        read("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part.repeat(30) + "--b--")) {
      assertThat(mail.attachments()).hasSize(30);
      assertThat(mail.attachments()).filteredOn(ReceivedAttachment::isFile).hasSizeGreaterThan(9);
    }
  }

  @Test
  void oneLineOfTenMillionCharacters() throws IOException {
    try (ParsedMail mail = read("Subject: x\r\n\r\n" + "y".repeat(10_000_000))) {
      assertThat(mail.text().orElseThrow()).startsWith("yyy");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"To: ", "Content-Type: ", "Received: ", "Content-Disposition: ", "References: "})
  void fieldsOfNothingButOpenBrackets(String name) throws IOException {
    String value = "(".repeat(60_000) + "\"".repeat(60_000) + "<".repeat(60_000);
    try (ParsedMail mail = read(name + value + "\r\n\r\nbody\r\n")) {
      assertThat(mail.text().isPresent() || !mail.attachments().isEmpty()).isTrue();
    }
  }

  @Test
  void anyBytesAtAll() throws IOException {
    Random random = new Random(11);
    String[] words = {
      "Content-Type: multipart/mixed; boundary=b\r\n",
      "--b\r\n",
      "--b--",
      "\r\n\r\n",
      "\n",
      "\r",
      "Content-Transfer-Encoding: base64\r\n",
      "=?utf-8?B?",
      "?=",
      "message/rfc822",
      "\u0000",
      "Content-Disposition: attachment; filename*0*=utf-8''%",
      ";",
      "\"",
      "begin 644 a\n",
      "ü"
    };
    for (int i = 0; i < 3000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        text.append(words[random.nextInt(words.length)]);
      }
      read(text.toString()).close();
    }
  }
}
