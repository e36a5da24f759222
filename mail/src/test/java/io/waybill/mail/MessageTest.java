package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageTest {
  private static final String[] BAD = {"\r", "\n", "\0", "\ud800", "\udc00x"};

  static Stream<Arguments> badFields() {
    return Stream.of(
            field("from", (b, v) -> b.from("a" + v + "@example.org")),
            field("to", (b, v) -> b.to("a@example.org" + v + "x")),
            field("cc", (b, v) -> b.cc("N" + v + " <a@example.org>")),
            field("bcc", (b, v) -> b.bcc("N" + v + " <a@example.org>")),
            field("reply-to", (b, v) -> b.replyTo("N" + v + " <a@example.org>")),
            field("subject", (b, v) -> b.subject("good" + v + "Bcc: x@example.org")),
            field("header X-A", (b, v) -> b.header("X-A", "1" + v)),
            field("message-id", (b, v) -> b.messageId("<a" + v + "@b>")),
            field(
                "attachment name",
                (b, v) -> b.attach(Attachment.of("a" + v + ".txt", new byte[1]))))
        .flatMap(
            arguments ->
                Stream.of(BAD)
                    .map(bad -> Arguments.of(arguments.get()[0], arguments.get()[1], bad)));
  }

  private static Arguments field(
      String name, BiFunction<Message.Builder, String, Message.Builder> setter) {
    return Arguments.of(name, setter);
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("badFields")
  void refusesWhatCouldEndAFieldEarly(
      String field, BiFunction<Message.Builder, String, Message.Builder> setter, String bad) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> setter.apply(Message.builder(), bad))
        .satisfies(e -> assertThat(e.field()).startsWith(field));
  }

  @Test
  void namesThePositionOfTheOffendingCharacter() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().subject("ab\ncd"))
        .withMessage("subject holds LF at position 2");
  }

  @Test
  void refusesHeadersThatTheComposerWrites() {
    for (String name : new String[] {"Bcc", "SUBJECT", "content-type", "Date", "X Y", "X:Y", ""}) {
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> Message.builder().header(name, "x"));
    }
  }

  @Test
  void bodiesMayHoldLineEndsButNotNul() {
    Message.builder().text("a\r\nb\nc\rd").html("<p>\n");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().text("a\0"));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().html("\udfff"));
  }

  @Test
  void envelopeHoldsEachRecipientOnce() {
    Message message =
        Message.builder()
            .from("a@example.org")
            .to("b@example.org", "B <b@EXAMPLE.org>")
            .cc("c@example.org")
            .bcc("d@example.org", "c@example.org")
            .build();
    assertThat(message.envelope().recipients())
        .extracting(Address::address)
        .containsExactly("b@example.org", "c@example.org", "d@example.org");
  }

  @Test
  void needsAnAuthorAndSomebodyToSendTo() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().to("b@example.org").build());
    Message toNobody = Message.builder().from("a@example.org").build();
    assertThatExceptionOfType(MailException.InvalidMessage.class).isThrownBy(toNobody::envelope);
  }

  @Test
  void builderOfAMessageKeepsEverything() {
    Message message =
        Message.builder()
            .from("a@example.org")
            .to("b@example.org")
            .replyTo("r@example.org")
            .subject("s")
            .text("t")
            .html("h")
            .attach(Attachment.of("a.csv", new byte[3]))
            .header("X-Job", "j")
            .messageId("<1@example.org>")
            .build();
    assertThat(message.toBuilder().build()).usingRecursiveComparison().isEqualTo(message);
  }
}
