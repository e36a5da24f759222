package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
  private static final String ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";

  @Test
  void namesThePositionOfTheOffendingCharacter() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().subject("ab\ncd"))
        .withMessage("subject holds LF at position 2");
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
            .cc("c@example.org")
            .bcc("d@example.org")
            .replyTo("r@example.org")
            .envelopeFrom("bounces@example.org")
            .dsn(DsnRequest.of(DsnRequest.Notify.FAILURE))
            .subject("s")
            .textFlowed("t")
            .html("h")
            .inline("logo", Attachment.of("logo.png", new byte[1]))
            .calendar(ICS, "request")
            .attach(Attachment.of("a.csv", new byte[3]))
            .header("X-Job", "j")
            .priority(MessagePriority.HIGH)
            .autoSubmitted(AutoSubmitted.AUTO_GENERATED)
            .listUnsubscribe(List.of(URI.create("https://example.org/leave")), true)
            .messageId("<1@example.org>")
            .inReplyTo("<0@example.org>")
            .references("<x@example.org>", "<0@example.org>")
            .date(Instant.EPOCH)
            .build();
    Message copy = message.toBuilder().build();
    assertThat(copy).usingRecursiveComparison().isEqualTo(message);
    assertThat(copy).hasNoNullFieldsOrProperties();
    assertThat(copy.envelope()).usingRecursiveComparison().isEqualTo(message.envelope());
    assertThat(copy.calendar().orElseThrow().method()).isEqualTo("REQUEST");
    assertThat(copy.isTextFlowed()).isTrue();
  }

  @Test
  void aBuilderUsedAgainDoesNotChangeWhatItBuilt() {
    Message.Builder builder = Message.builder().from("a@example.org").to("b@example.org");
    Message first = builder.build();
    builder.to("c@example.org").subject("later");
    assertThat(first.to()).hasSize(1);
    assertThat(first.subject()).isEmpty();
    first.toBuilder().to("d@example.org");
    assertThat(first.to()).hasSize(1);
  }

  @Test
  void reportsOfFailureGoToTheAuthorUnlessSaidOtherwise() {
    Message.Builder builder = Message.builder().from("a@example.org").to("b@example.org");
    Address author = Address.of("a@example.org");
    Address bounces = Address.of("bounces@example.org");
    assertThat(builder.build().envelope().sender()).contains(author);
    builder.autoSubmitted(AutoSubmitted.AUTO_GENERATED);
    assertThat(builder.build().envelope().sender()).contains(author);
    builder.autoSubmitted(AutoSubmitted.AUTO_REPLIED);
    assertThat(builder.build().envelope().sender()).isEmpty();
    builder.envelopeFrom(bounces);
    assertThat(builder.build().envelope().sender()).contains(bounces);
    assertThat(
            Message.builder()
                .from("a@example.org")
                .to("b@example.org")
                .nullSender()
                .build()
                .envelope()
                .sender())
        .isEmpty();
  }

  @Test
  void refusesCombinationsThatContradictEachOther() {
    Message.Builder valid = Message.builder().from("a@example.org").to("b@example.org");
    Attachment logo = Attachment.of("logo.png", new byte[1]);
    List<UnaryOperator<Message.Builder>> contradictions =
        List.of(
            b -> b.inline("logo", logo),
            b -> b.envelopeFrom("c@example.org").nullSender(),
            b -> b.priority(MessagePriority.LOW).header("importance", "high"),
            b -> b.autoSubmitted(AutoSubmitted.AUTO_GENERATED).header("Auto-Submitted", "no"),
            b -> b.inReplyTo("<1@example.org>").header("In-Reply-To", "<2@example.org>"),
            b -> b.references("<1@example.org>").header("REFERENCES", "<2@example.org>"),
            b ->
                b.listUnsubscribe(List.of(URI.create("mailto:a@example.org")), false)
                    .header("List-Unsubscribe", "<mailto:b@example.org>"));
    for (UnaryOperator<Message.Builder> contradiction : contradictions) {
      Message.Builder builder = contradiction.apply(valid.build().toBuilder());
      assertThatExceptionOfType(MailException.InvalidMessage.class).isThrownBy(builder::build);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "..\\x", "a..b", "<logo>", "a b", "ü", "100%"})
  void contentIdsAreNoPaths(String id) {
    Attachment logo = Attachment.of("logo.png", new byte[1]);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().inline(id, logo))
        .satisfies(e -> assertThat(e.field()).isEqualTo("inline content id"));
  }

  @Test
  void contentIdsAreUniqueAndMailsAreNotShownInline() {
    Attachment logo = Attachment.of("logo.png", new byte[1]);
    Message.Builder builder = Message.builder().inline("logo", logo);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> builder.inline("logo", logo));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> builder.inline("mail", Attachment.of("a.eml", new byte[1])));
  }

  @ParameterizedTest
  @CsvSource({
    "METHOD:REQUEST, REQUEST, true",
    "method:request, Request, true",
    "METHOD;X-A=1:CANCEL, CANCEL, true",
    "METHOD:REQUEST, CANCEL, false",
    "METHODS:REQUEST, REQUEST, false",
    "X:METHOD:REQUEST, REQUEST, false",
    "METHOD:PUSH, PUSH, false",
  })
  void theMethodOfAnInvitationIsThatOfItsCalendar(String line, String method, boolean fine) {
    String ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + line + "\r\nEND:VCALENDAR\r\n";
    if (fine) {
      assertThat(new CalendarPart(ics, method).method()).isUpperCase();
    } else {
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> new CalendarPart(ics, method));
    }
  }

  @Test
  void aCalendarNamesItsOwnMethod() {
    String begin = "BEGIN:VCALENDAR\r\n";
    assertThat(CalendarPart.of(begin + "METHOD:reply\r\nEND:VCALENDAR\r\n").method())
        .isEqualTo("REPLY");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> CalendarPart.of(begin + "END:VCALENDAR\r\n"))
        .withMessage("calendar has no METHOD line");
  }

  @ParameterizedTest
  @CsvSource({
    "mailto:leave@example.org, false, true",
    "https://example.org/leave?u=1, true, true",
    "http://example.org/leave, false, true",
    "http://example.org/leave, true, false",
    "mailto:leave@example.org, true, false",
    "javascript:alert(1), false, false",
    "leave, false, false",
  })
  void oneClickNeedsAnHttpsAddress(URI uri, boolean oneClick, boolean fine) {
    if (fine) {
      assertThat(new ListUnsubscribe(List.of(uri), oneClick).uris()).containsExactly(uri);
    } else {
      assertThatExceptionOfType(MailException.InvalidMessage.class)
          .isThrownBy(() -> new ListUnsubscribe(List.of(uri), oneClick));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<>", "<a>", "<@b>", "<a@>", "a@b", "<a@b", "<a@b@c>", "<a@<b>"})
  void refusesMessageIdsOfAnotherShape(String id) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().messageId(id));
  }

  @Test
  void threadsMayNameIdsOfProgramsThatForgotTheAtSign() {
    Message.builder().inReplyTo("<12345>").references("<12345>", "<a@b@c>");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Message.builder().inReplyTo("<1@a> <2@a>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text",
        "text/",
        "/plain",
        "text/plain; charset=x",
        "a/b/c",
        "multipart/mixed",
        "message/delivery-status",
        "MESSAGE/global"
      })
  void refusesContentTypesThatCannotBeSentSo(String type) {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Attachment.of("a", type, new byte[1]))
        .satisfies(e -> assertThat(e.field()).isEqualTo("attachment content type"));
  }

  @Test
  void contentTypesFollowFromTheNameUnlessGiven() {
    assertThat(Attachment.of("A.PDF", new byte[1]).contentType()).isEqualTo("application/pdf");
    assertThat(Attachment.of("a.eml", new byte[1]).contentType()).isEqualTo("message/rfc822");
    assertThat(Attachment.of("a", new byte[1]).contentType()).isEqualTo("application/octet-stream");
    assertThat(Attachment.of(Path.of("a.bin"), "b.csv", "Text/X-Log").contentType())
        .isEqualTo("text/x-log");
  }

  @Test
  void aStreamIsReadOnce() throws IOException {
    Attachment attachment =
        Attachment.ofStream("a.bin", new ByteArrayInputStream(new byte[] {1, 2}));
    try (InputStream in = attachment.open()) {
      assertThat(in.readAllBytes()).containsExactly(1, 2);
    }
    assertThatExceptionOfType(IOException.class).isThrownBy(attachment::open);
  }
}
