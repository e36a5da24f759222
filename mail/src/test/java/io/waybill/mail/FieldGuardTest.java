package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever could end a header, a command or a name early is refused in every field. */
class FieldGuardTest {
  private static final byte[] CONTENT = {1};

  /** CR, LF, NUL, escape, delete, NEL, two Unicode line ends, and halves of pairs. */
  private static final List<String> BAD =
      List.of(
          "\r", "\n", "\0", "\u001b", "\u007f", "\u0085", "\u009f", "\u2028", "\u2029", "\ud800",
          "\udc00");

  /** Characters that turn text around, which only free text may hold. */
  private static final List<String> TURNING = List.of("\u202a", "\u202e", "\u2066", "\u2069");

  private static final List<Guarded> FIELDS =
      List.of(
          name("from", "", "a@example.org", (b, v) -> b.from(v)),
          name("from", "", "Joe <a@example.org>", (b, v) -> b.from(v)),
          name("to", "a@example", ".org", (b, v) -> b.to(v)),
          name("cc", "Name", " <a@example.org>", (b, v) -> b.cc(v)),
          name("bcc", "\"Na", "me\" <a@example.org>", (b, v) -> b.bcc(v)),
          name("reply-to", "Name <a@example.org", ">", (b, v) -> b.replyTo(v)),
          name("envelope sender", "a@exam", "ple.org", (b, v) -> b.envelopeFrom(v)),
          name("display name", "Na", "me", (b, v) -> b.to(Address.of(v, "a@example.org"))),
          name("address", "na", "me@example.org", (b, v) -> b.to(Address.of(v))),
          text("subject", "good", "Bcc: x@example.org", (b, v) -> b.subject(v)),
          name("header name", "X-A", "B", (b, v) -> b.header(v, "1")),
          text("header X-A", "1", "Bcc: x@example.org", (b, v) -> b.header("X-A", v)),
          name("attachment name", "a", ".txt", (b, v) -> b.attach(Attachment.of(v, CONTENT))),
          name(
              "attachment name",
              "a",
              ".txt",
              (b, v) -> b.attach(Attachment.ofStream(v, InputStream.nullInputStream()))),
          name(
              "attachment content type",
              "text/",
              "csv",
              (b, v) -> b.attach(Attachment.of("a.csv", v, CONTENT))),
          name(
              "inline content id",
              "logo",
              "@example.org",
              (b, v) -> b.inline(v, Attachment.of("logo.png", CONTENT))),
          name("calendar method", "RE", "QUEST", (b, v) -> b.calendar("BEGIN:VCALENDAR", v)),
          name("message-id", "<a", "@example.org>", (b, v) -> b.messageId(v)),
          name("in-reply-to", "<a", "@example.org>", (b, v) -> b.inReplyTo(v)),
          name("references", "<a", "@example.org>", (b, v) -> b.references("<1@x>", v)),
          name(
              "dsn envelope id",
              "id",
              "x",
              (b, v) -> b.dsn(new DsnRequest(Set.of(), Optional.empty(), Optional.of(v)))));

  private interface Setter {
    void set(Message.Builder builder, String value);
  }

  private record Guarded(String field, String before, String after, boolean free, Setter setter) {}

  private static Guarded name(String field, String before, String after, Setter setter) {
    return new Guarded(field, before, after, false, setter);
  }

  private static Guarded text(String field, String before, String after, Setter setter) {
    return new Guarded(field, before, after, true, setter);
  }

  static Stream<Arguments> everyFieldAndCharacter() {
    return FIELDS.stream()
        .flatMap(
            guarded ->
                Stream.concat(BAD.stream(), guarded.free ? Stream.empty() : TURNING.stream())
                    .map(bad -> Arguments.of(guarded.field, hex(bad), guarded, bad)));
  }

  private static String hex(String bad) {
    return Integer.toHexString(bad.charAt(0));
  }

  @ParameterizedTest(name = "{0} U+{1}")
  @MethodSource("everyFieldAndCharacter")
  void namesFieldAndPositionAndNeverTheValue(
      String field, String code, Guarded guarded, String bad) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(
            () -> guarded.setter.set(Message.builder(), guarded.before + bad + guarded.after))
        .satisfies(e -> assertThat(e.field()).startsWith(field))
        .satisfies(e -> assertThat(positions(guarded)).contains(e.position()))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("example").doesNotContain(bad));
  }

  /** What stands in one part of a text may be counted from the start of that part. */
  private static List<Integer> positions(Guarded guarded) {
    int whole = guarded.before.length();
    int bracket = guarded.before.lastIndexOf('<');
    int quote = guarded.before.lastIndexOf('"');
    return List.of(whole, whole - bracket - 1, whole - quote - 1);
  }

  @Test
  void acceptsEachOfTheseFieldsWithoutSuchACharacter() {
    for (Guarded guarded : FIELDS) {
      if (!guarded.field.equals("calendar method")) { // needs a calendar of the same method
        guarded.setter.set(Message.builder(), guarded.before + guarded.after);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\n", "\0", "\u007f", "\ud800", "\u202e"})
  void unsubscribeAddressesHoldNoneOfThemNotEvenInDisguise(String bad) throws URISyntaxException {
    URI uri = new URI("mailto", "leave" + bad + "@example.org", null);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().listUnsubscribe(List.of(uri), false))
        .satisfies(e -> assertThat(e.field()).isEqualTo("unsubscribe URI"))
        .satisfies(e -> assertThat(e.position()).isEqualTo("mailto:leave".length()))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("example"));
  }

  @Test
  void bodiesMayHoldLineEndsButNeitherNulNorHalvesOfPairs() {
    Message.builder().text("a\r\nb\nc\rd").textFlowed("a\nb").html("<p>\n");
    for (String bad : new String[] {"\0", "\ud800", "\udfff"}) {
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> Message.builder().text("ab" + bad))
          .satisfies(e -> assertThat(e.position()).isEqualTo(2));
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> Message.builder().textFlowed(bad));
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> Message.builder().html(bad));
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(
              () -> Message.builder().calendar("BEGIN:VCALENDAR\nMETHOD:ADD\n" + bad, "ADD"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bcc",
        "bcc ",
        "Bcc\t",
        " Bcc",
        "SUBJECT",
        "content-type",
        "Content-Foo",
        "Date",
        "X Y",
        "X:Y",
        "",
        "Resent-To",
        "resent-bcc",
        "DKIM-Signature",
        "ARC-Seal",
        "Received",
        "Return-Path",
        "MIME-Version",
        "Message-ID",
        "Bсc"
      })
  void headersOfTheComposerAndOfServersAreRefused(String name) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().header(name, "x"));
  }

  @Test
  void headersCannotConfigureAnything() {
    Message message =
        Message.builder()
            .from("a@example.org")
            .to("b@example.org")
            .header("mail.smtp.ssl.trust", "*")
            .header("Errors-To", "c@example.org")
            .header("Apparently-To", "d@example.org")
            .build();
    assertThat(message.envelope()).hasToString("<a@example.org> -> [b@example.org]");
  }

  @Test
  void longHeaderValuesNeedBlanks() {
    String word = "w".repeat(900);
    Message.builder().header("X-A", word + " " + word).header("X-A", "ü" + word + word);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().header("X-A", "a " + word + "w"))
        .withMessageStartingWith("header X-A cannot be folded")
        .satisfies(e -> assertThat(e.position()).isEqualTo(902));
  }

  @Test
  void headersAndRecipientsAreBounded() {
    Message.Builder headers = Message.builder();
    for (int i = 0; i < 1000; i++) {
      headers.header("X-A", "1");
    }
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> headers.header("X-A", "1"))
        .satisfies(e -> assertThat(e.field()).isEqualTo("headers"));

    Message.Builder recipients = Message.builder();
    Address address = Address.of("a@example.org");
    for (int i = 0; i < 5000; i++) {
      recipients.to(address).bcc("b@example.org");
    }
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> recipients.cc(address))
        .satisfies(e -> assertThat(e.field()).isEqualTo("recipients"));
  }
}
