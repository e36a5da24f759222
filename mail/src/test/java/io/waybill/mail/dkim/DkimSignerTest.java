package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.mime.PreparedMessage;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DkimSignerTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T09:08:07Z"), ZoneOffset.UTC);

  /**
   * jDKIM 0.5 takes an empty body for an empty line, and keeps blanks behind the last line end (RFC
   * 6376 3.4.4 has both as nothing). No message that travelled over SMTP ends in such blanks.
   */
  private static boolean jdkimReadsTheBodyAsTheRfc(String message) {
    String body = message.substring(message.indexOf("\r\n\r\n") + 4);
    return !body.isBlank() && !body.endsWith(" ") && !body.endsWith("\t");
  }

  private static Map<String, String> tags(byte[] sealed) {
    String text = new String(sealed, ISO_8859_1);
    String field = text.split("\r\n(?![ \t])", 2)[0];
    assertThat(field).startsWith("DKIM-Signature: v=1; a=");
    return IndependentVerifier.tags(field.substring(field.indexOf(':') + 1));
  }

  private static LongStream seeds() {
    return LongStream.rangeClosed(1, 25);
  }

  @ParameterizedTest
  @EnumSource
  void signsAPreparedMessage(TestSigner kind) throws Exception {
    Message message =
        Message.builder()
            .from("Zoë <ops@bücher.example>")
            .to("you@example.net")
            .subject("Grüße " + "und mehr ".repeat(20))
            .header("List-Unsubscribe", "<https://example.org/u>")
            .header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
            .text("Hello\n\n\n")
            .html("<p>Größe</p>")
            .build();
    try (PreparedMessage prepared = PreparedMessage.of(message, CLOCK)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      kind.signer().build().seal(prepared::open, out);
      assertThat(TestSigner.verify(out.toByteArray())).containsExactly("pass");
      assertThat(tags(out.toByteArray()).get("h"))
          .isEqualTo(
              "From:From:Reply-To:Subject:Subject:Date:Date:To:To:Cc:Message-ID:Message-ID:"
                  + "MIME-Version:MIME-Version:Content-Type:Content-Type:"
                  + "list-unsubscribe:list-unsubscribe-post");
      if (kind == TestSigner.RSA) {
        assertThat(TestSigner.jdkimAccepts(out.toByteArray())).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void oddMessagesPassUntilAnythingIsChanged(long seed) throws Exception {
    Random random = new Random(seed);
    String message = new OddMessages(random).next(false);
    byte[] byRsa = TestSigner.seal(TestSigner.RSA.signer().build(), message);
    assertThat(TestSigner.verify(byRsa)).containsExactly("pass");
    assertThat(TestSigner.jdkimAccepts(byRsa)).isEqualTo(jdkimReadsTheBodyAsTheRfc(message));
    byte[] byBoth = TestSigner.seal(TestSigner.ED25519.signer().build(), byRsa);
    assertThat(TestSigner.verify(byBoth)).containsExactly("pass", "pass");
    assertThat(new String(byBoth, ISO_8859_1)).endsWith(message);
    String sealed = new String(byRsa, ISO_8859_1);
    List<String> changes = changes(sealed, message, random);
    Collections.shuffle(changes, random);
    // All of one message, and some of each other: there are a few dozen.
    for (String changed : changes.subList(0, seed == 1 ? changes.size() : 6)) {
      byte[] bytes = changed.getBytes(ISO_8859_1);
      assertThat(TestSigner.verify(bytes)).as(changed).doesNotContain("pass");
      assertThat(TestSigner.jdkimAccepts(bytes)).as(changed).isFalse();
    }
  }

  /** What must not pass: a byte changed in each signed field and in the body, a field added. */
  private static List<String> changes(String sealed, String message, Random random) {
    List<String> changed = new ArrayList<>();
    String signature = sealed.substring(0, sealed.length() - message.length());
    String header = message.substring(0, message.indexOf("\r\n\r\n") + 2);
    String body = message.substring(header.length() + 2);
    List<String> signed =
        List.of(tags(sealed.getBytes(ISO_8859_1)).getOrDefault("h", "").split(":", -1));
    for (String field : header.split("(?<=\r\n)(?![ \t])", 0)) {
      String name = field.substring(0, field.indexOf(':'));
      int at = field.length() - 3;
      while (field.charAt(at) <= ' ') {
        at--;
      }
      if (signed.stream().anyMatch(name::equalsIgnoreCase) && field.charAt(at) != ':') {
        String other =
            field.substring(0, at)
                + (field.charAt(at) == 'q' ? 'w' : 'q')
                + field.substring(at + 1);
        changed.add(signature + header.replace(field, other) + "\r\n" + body);
      }
    }
    for (String added : List.of("From", "Subject", "To", "Cc", "Date", "Reply-To")) {
      changed.add(added + ": added@example.com\r\n" + sealed);
      changed.add(signature + header + added + ": added@example.com\r\n\r\n" + body);
    }
    if (header.toLowerCase(Locale.ROOT).contains("content-type:")) {
      changed.add("Content-Type: text/html\r\n" + sealed);
    }
    changed.add(sealed + "added");
    int at = body.isEmpty() ? -1 : random.nextInt(body.length());
    if (at >= 0 && body.charAt(at) > ' ') {
      char other = body.charAt(at) == 'q' ? 'w' : 'q';
      changed.add(
          signature + header + "\r\n" + body.substring(0, at) + other + body.substring(at + 1));
    }
    return changed;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void headersInUtf8Pass(long seed) throws Exception {
    String message = new OddMessages(new Random(seed)).next(true);
    for (TestSigner kind : TestSigner.values()) {
      assertThat(TestSigner.verify(TestSigner.seal(kind.signer().build(), message)))
          .containsExactly("pass");
    }
  }

  @Test
  void whatServersDoToBlanksOnTheWayChangesNothing() throws Exception {
    byte[] sealed =
        TestSigner.seal(
            TestSigner.RSA.signer().build(), "From: a b\r\nSubject: one two\r\n\r\nx y\r\nz\r\n");
    String text = new String(sealed, ISO_8859_1);
    for (String mended :
        List.of(
            text.replace("Subject: one two", "subject:  one\r\n\ttwo "),
            text.replace("x y", "x   y \t"),
            text + "\r\n\r\n",
            "Received: from somewhere\r\n" + text)) {
      assertThat(TestSigner.verify(mended.getBytes(ISO_8859_1))).containsExactly("pass");
      assertThat(TestSigner.jdkimAccepts(mended.getBytes(ISO_8859_1))).isTrue();
    }
  }

  @Test
  void foldsWhatItWritesBelowTheLimitOfALine() throws Exception {
    byte[] sealed =
        TestSigner.seal(
            TestSigner.RSA.signer().identity("ops@mail.example.org").signedAt(CLOCK).build(),
            "From: a\r\nList-Id: x\r\n" + "List-Post: y\r\n".repeat(40) + "\r\nx\r\n");
    assertThat(TestSigner.verify(sealed)).containsExactly("pass");
    assertThat(TestSigner.jdkimAccepts(sealed)).isTrue();
    assertThat(new String(sealed, US_ASCII).lines()).allMatch(line -> line.length() <= 76);
  }

  @Test
  void saysOnWhoseBehalfAndForHowLongWhenAsked() throws Exception {
    DkimSigner signer =
        TestSigner.RSA
            .signer()
            .identity("ops@mail.example.org")
            .signedAt(CLOCK)
            .expiresAfter(Duration.ofDays(7))
            .build();
    assertThat(tags(TestSigner.seal(signer, "From: a\r\n\r\n")))
        .containsEntry("i", "ops@mail.example.org")
        .containsEntry("t", Long.toString(CLOCK.instant().getEpochSecond()))
        .containsEntry("x", Long.toString(CLOCK.instant().getEpochSecond() + 7 * 86_400))
        .containsEntry("d", "example.org")
        .containsEntry("s", "r1")
        .containsEntry("a", "rsa-sha256")
        .containsEntry("c", "relaxed/relaxed")
        .doesNotContainKey("l");
    assertThat(tags(TestSigner.seal(TestSigner.ED25519.signer().build(), "From: a\r\n\r\n")))
        .containsEntry("a", "ed25519-sha256")
        .doesNotContainKeys("i", "t", "x", "l");
  }

  @Test
  void namesDomainsOfOtherScriptsInAscii() throws Exception {
    DkimSigner signer =
        TestSigner.RSA.signer().domain("Bücher.Example").identity("@mail.bücher.example").build();
    assertThat(tags(TestSigner.seal(signer, "From: a\r\n\r\n")))
        .containsEntry("d", "xn--bcher-kva.example")
        .containsEntry("i", "@mail.xn--bcher-kva.example");
    assertThat(signer.dnsRecord().name()).isEqualTo("r1._domainkey.xn--bcher-kva.example");
  }

  @Test
  void refusesAMessageWithoutExactlyOneAuthor() {
    DkimSigner signer = TestSigner.RSA.signer().build();
    for (String message : List.of("Subject: x\r\n\r\n", "From: a\r\nFROM: b\r\n\r\n")) {
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> TestSigner.seal(signer, message))
          .withMessageStartingWith("From is there");
    }
  }
}
