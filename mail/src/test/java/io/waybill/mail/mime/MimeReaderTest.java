package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Address;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MimeReaderTest {
  private static ParsedMail read(String mail) throws IOException {
    return read(mail.getBytes(ISO_8859_1), MimeLimits.defaults());
  }

  private static ParsedMail read(byte[] mail, MimeLimits limits) throws IOException {
    return MimeReader.read(new ByteArrayInputStream(mail), limits);
  }

  @Test
  void readsHeadersAddressesDateAndText() throws IOException {
    ParsedMail mail =
        read(
            """
            From: =?UTF-8?B?Wm/DqyDDnG5hbA==?= <zoe@example.org>
            To: "Doe, Joe" <joe@example.net>, list@example.net
            Subject: =?UTF-8?Q?Caf=C3?= =?UTF-8?Q?=A9?=
              is open
            Message-ID: <1@example.org>
            Date: Fri, 20 Nov 2026 10:08:07 +0100

            Hello.
            """);
    assertThat(mail.from()).containsExactly(Address.of("zoe@example.org"));
    assertThat(mail.from().get(0).displayName()).contains("Zoë Ünal");
    assertThat(mail.to())
        .extracting(Address::address)
        .containsExactly("joe@example.net", "list@example.net");
    assertThat(mail.subject()).isEqualTo("Café is open");
    assertThat(mail.messageId()).contains("<1@example.org>");
    assertThat(mail.date()).contains(Instant.parse("2026-11-20T09:08:07Z"));
    assertThat(mail.text()).contains("Hello.\n");
    assertThat(mail.attachments()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "EST,15", "EDT,14", "CST,16", "CDT,15", "MST,17", "MDT,16", "PST,18", "PDT,17", "UT,10",
    "GMT,10", "Z,10", "A,10", "n,10", "+0100,9"
  })
  void zonesOfDatesMayBeNames(String zone, int hour) throws IOException {
    ParsedMail mail = read("Date: Fri, 20 Nov 2026 10:00:00 " + zone + "\n\nx");
    assertThat(mail.date())
        .contains(Instant.parse("2026-11-20T00:00:00Z").plusSeconds(hour * 3600L));
  }

  @Test
  void base64WithoutItsLastPaddingIsWhole() throws IOException {
    ParsedMail mail = read("Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ");
    assertThat(mail.text()).contains("hello world");
  }

  @Test
  void addressesBehindLettersOfOtherScriptsAreWholeAndQuotesAreKept() throws IOException {
    ParsedMail mail =
        read(
            "To: Zoë Ünal <z@example.org>, a@example.net\nCc: \"a b\"@example.org\n\nx"
                .getBytes(UTF_8),
            MimeLimits.defaults());
    assertThat(mail.to())
        .extracting(Address::address)
        .containsExactly("z@example.org", "a@example.net");
    assertThat(mail.cc()).containsExactly(Address.of("\"a b\"@example.org"));
    assertThat(mail.defects()).isEmpty();
  }

  @Test
  void namesAreDecodedOnce() throws IOException {
    ParsedMail mail =
        read(
            "From: =?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?= <a=?b@example.org>, =?x <b@example.org>\n\nx");
    assertThat(mail.from())
        .extracting(Address::toString)
        .containsExactly("=?utf-8?q?x?= <a=?b@example.org>", "=?x <b@example.org>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attachment; filename*=UTF-8''%C3%A9t%C3%A9.csv | été.csv",
        "attachment; filename*0*=UTF-8''%C3%A9; filename*1=t; filename*2*=%C3%A9.csv | été.csv",
        "attachment; filename=\"=?UTF-8?B?w6l0w6kuY3N2?=\" | été.csv",
        "attachment; filename=plain.csv; filename*=UTF-8''better.csv | better.csv",
        "attachment; filename=bare name.csv | bare name.csv",
        "attachment; filename=\"C:\\dir\\été.csv\" | été.csv",
        "attachment; filename=\"../../etc/passwd\" | passwd",
        "attachment; filename=\"..\" | part-2.bin",
        "attachment; filename=\"con.txt\" | _con.txt",
        "attachment; filename=\"a\u202Egnp.exe\" | agnp.exe",
        "attachment | part-2.bin",
      })
  void attachmentNamesAreDecodedAndSafe(String disposition, String expected) throws IOException {
    ParsedMail mail = read(withAttachment(disposition).getBytes(UTF_8), MimeLimits.defaults());
    assertThat(mail.attachments()).hasSize(1);
    assertThat(mail.attachments().get(0).name()).isEqualTo(expected);
  }

  @Test
  void longNamesKeepTheirExtensionWithinTheBound() throws IOException {
    ParsedMail mail =
        read(
            withAttachment("attachment; filename=\"" + "é".repeat(300) + ".tar.gz\"")
                .getBytes(UTF_8),
            MimeLimits.defaults());
    String name = mail.attachments().get(0).name();
    assertThat(name).endsWith(".gz");
    assertThat(name.getBytes(UTF_8).length).isBetween(190, 200);
  }

  private static String withAttachment(String disposition) {
    return "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
        + "Content-Type: application/x-any\nContent-Disposition: "
        + disposition
        + "\n\nbody\n--b--\n";
  }

  @Test
  void equalNamesBecomeDifferentWithoutRegardToCase() throws IOException {
    String part = "Content-Type: image/png; name=\"%s\"\n\nx\n";
    ParsedMail mail =
        read(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                + part.formatted("A.png")
                + "--b\n"
                + part.formatted("a.PNG")
                + "--b\n"
                + part.formatted("a.png")
                + "--b--\n");
    assertThat(mail.attachments())
        .extracting(ReceivedAttachment::name)
        .containsExactly("A.png", "a-2.PNG", "a-3.png");
  }

  @Test
  void nothingIsDropped() throws IOException {
    ParsedMail mail =
        read(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain

            the text
            --b
            Content-Type: text/plain

            a footer
            --b
            Content-Type: message/rfc822

            Subject: inner

            forwarded
            --b
            Content-Type: image/png
            Content-ID: <../../cid@x>
            Content-Disposition: inline

            png
            --b--
            """);
    assertThat(mail.text()).contains("the text");
    assertThat(mail.attachments())
        .extracting(ReceivedAttachment::contentType)
        .containsExactly("text/plain", "message/rfc822", "image/png");
    ReceivedAttachment inline = mail.attachments().get(2);
    assertThat(inline.isInline()).isTrue();
    assertThat(inline.contentId()).contains("../../cid@x");
    assertThat(inline.name()).doesNotContain("/").endsWith(".bin");
  }

  @ParameterizedTest
  @CsvSource({
    "iso-8859-1, E9, é, 0",
    "utf-8, C3A9, é, 0",
    "us-ascii, C3A9, é, 0",
    "utf-8, E9, é, 1",
    "no-such-charset, C3A9, é, 1",
    "windows-1252, 80, €, 0",
  })
  void textIsDecodedWhateverItsLabelSays(String label, String hex, String text, int defects)
      throws IOException {
    byte[] header = ("Content-Type: text/plain; charset=" + label + "\n\n").getBytes(ISO_8859_1);
    byte[] body = java.util.HexFormat.of().parseHex(hex);
    byte[] all = new byte[header.length + body.length];
    System.arraycopy(header, 0, all, 0, header.length);
    System.arraycopy(body, 0, all, header.length, body.length);
    ParsedMail mail = read(all, MimeLimits.defaults());
    assertThat(mail.text()).contains(text);
    assertThat(mail.defects()).hasSize(defects);
  }

  @Test
  void oneHugeBodyLineIsNoDefect() throws IOException {
    ParsedMail mail = read("Subject: x\n\n" + "a".repeat(1_000_000));
    assertThat(mail.text().orElseThrow()).hasSize(1_000_000);
    assertThat(mail.defects()).isEmpty();
  }

  @Test
  void eachLimitYieldsADefectAndWhatWasReadSoFar() throws IOException {
    MimeLimits few = MimeLimits.builder().headers(3).encodedWords(2).build();
    ParsedMail mail = read("Subject: s\nA: 1\nB: 2\nC: 3\n\nbody".getBytes(UTF_8), few);
    assertThat(mail.subject()).isEqualTo("s");
    assertThat(mail.headers()).hasSize(3);
    assertLimit(mail);

    assertLimit(read("Subject: =?a?q?b?= =?a?q?b?= =?a?q?b?=\n\n".getBytes(UTF_8), few));
    assertLimit(read(("Subject: " + "s".repeat(300_000) + "\n\nx").getBytes(UTF_8), limits()));
    assertLimit(read(nested(100).getBytes(UTF_8), limits()));
    assertLimit(
        read("Subject: s\n\nbody".getBytes(UTF_8), MimeLimits.builder().messageBytes(12).build()));

    StringBuilder many = new StringBuilder("Content-Type: multipart/mixed; boundary=b\n\n");
    many.append("--b\n\nx\n".repeat(2_000));
    ParsedMail parts = read(many.toString().getBytes(UTF_8), limits());
    assertLimit(parts);
    assertThat(parts.attachments()).hasSizeBetween(900, 1_000);

    ParsedMail text =
        read("Subject: s\n\nlong".getBytes(UTF_8), MimeLimits.builder().textBytes(3).build());
    assertLimit(text);
    assertThat(text.attachments()).hasSize(1);
  }

  private static MimeLimits limits() {
    return MimeLimits.defaults();
  }

  private static void assertLimit(ParsedMail mail) {
    assertThat(mail.defects()).extracting(Defect::kind).contains(Defect.Kind.LIMIT_EXCEEDED);
  }

  @Test
  void deepNestingIsBoundedAndKeptAsAnAttachment() throws IOException {
    ParsedMail mail = read(nested(3_000));
    assertThat(mail.attachments()).hasSize(1);
    assertThat(mail.attachments().get(0).contentType()).isEqualTo("multipart/mixed");
  }

  private static String nested(int levels) {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; i < levels; i++) {
      String boundary = "b%05d".formatted(i);
      mail.append("Content-Type: multipart/mixed; boundary=").append(boundary);
      mail.append("\n\n--").append(boundary).append('\n');
    }
    return mail.append("\nend").toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void neverThrowsForContent(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] base =
        """
        From: a <a@example.org>, =?x?y?z?=, <<>>
        Subject: =?UTF-8?B?////?=
        Date: never
        Content-Type: multipart/mixed; boundary="b"; x*0*=%%%

        --b
        Content-Type: text/plain; charset="
        Content-Transfer-Encoding: base64

        AAAA=====BBB
        --b
        Content-Type: text/html
        Content-Transfer-Encoding: quoted-printable

        =ZZ=\r=
        --b--
        """
            .getBytes(UTF_8);
    for (int round = 0; round < 200; round++) {
      byte[] mutated = base.clone();
      for (int i = 0; i < 8; i++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      try (ParsedMail mail = read(mutated, MimeLimits.defaults())) {
        assertThat(mail.sizeBytes()).isEqualTo(mutated.length);
      }
    }
    byte[] noise = new byte[10_000];
    random.nextBytes(noise);
    read(noise, MimeLimits.defaults()).close();
  }

  @Test
  void thousandsOfWordsInAnAddressAndAPreambleThatIsAllAreNoTrouble() throws IOException {
    ParsedMail named = read("From: " + "=?utf-8?q?a?= ".repeat(4_000) + "<a@example.org>\n\nx");
    assertThat(named.from()).containsExactly(Address.of("a@example.org"));
    try (ParsedMail mail =
        read("Content-Type: multipart/mixed; boundary=b\n\n" + "preamble\n".repeat(100_000))) {
      assertThat(mail.text().orElse("")).hasSize(900_000);
    }
  }

  @Test
  void failingSourceIsTheOnlyException() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("line is dead");
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw new IOException("line is dead");
          }
        };
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> MimeReader.read(failing, MimeLimits.defaults()))
        .withMessage("line is dead");
  }
}
