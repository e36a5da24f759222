package io.waybill.mail.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.PreparedMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepliesTest {
  private static final String QUESTION =
      """
      Message-ID: <2@x.example>
      References: <1@x.example> nonsense <a b@c>
      From: Ada <ada@x.example>
      To: ops@example.org, bob@x.example
      Cc: ada@x.example
      Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=

      hello
      """;

  private static ParsedMail mail(String text) throws IOException {
    return MimeReader.read(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), MimeLimits.defaults());
  }

  @Test
  void receiptsGetNoAnswer() throws IOException {
    ParsedMail receipt =
        mail(
            """
            From: ada@x.example
            Content-Type: multipart/report; report-type=disposition-notification; boundary=b

            --b
            Content-Type: message/disposition-notification

            Disposition: manual-action/MDN-sent-manually; displayed
            --b--
            """);
    assertThat(Replies.refusal(receipt)).isPresent();
  }

  private static ParsedMail sent(Message message) throws IOException {
    try (PreparedMessage prepared = PreparedMessage.of(message, Clock.systemUTC());
        InputStream in = prepared.open()) {
      assertThat(prepared.envelope().sender()).as("answers bounce to nobody").isEmpty();
      return MimeReader.read(in, MimeLimits.defaults());
    }
  }

  @Test
  void anAnswerGoesToTheAuthorAndStaysInTheThread() throws IOException {
    ParsedMail reply =
        sent(
            Replies.reply(mail(QUESTION), false, Set.of())
                .from("ops@example.org")
                .text("thanks")
                .build());
    assertThat(reply.to()).extracting(Address::address).containsExactly("ada@x.example");
    assertThat(reply.cc()).isEmpty();
    assertThat(reply.subject()).isEqualTo("Re: Grüße");
    assertThat(reply.header("In-Reply-To")).contains("<2@x.example>");
    assertThat(reply.header("References")).contains("<1@x.example> <2@x.example>");
    assertThat(reply.isAutomatic()).as("nobody's program answers it").isTrue();
    assertThat(Replies.refusal(reply)).isPresent();
  }

  @Test
  void anAnswerToAllLeavesOutOneself() {
    Set<Address> self = Set.of(Address.of("ops@example.org"));
    Message reply = reply(QUESTION, self);
    assertThat(reply.cc()).extracting(Address::address).containsExactly("bob@x.example");
  }

  private static Message reply(String text, Set<Address> self) {
    try {
      return Replies.reply(mail(text), true, self).from("ops@example.org").text("x").build();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Auto-Submitted: auto-replied\nFrom: a@x.example\n\nx",
        "Return-Path: <>\nFrom: a@x.example\n\nx",
        "List-Id: <l.x.example>\nFrom: a@x.example\n\nx",
        "Precedence: bulk\nFrom: a@x.example\n\nx",
        "From: MAILER-DAEMON@x.example\n\nx",
        "Subject: from nobody\n\nx"
      })
  void whatAProgramWroteGetsNoAnswer(String text) throws IOException {
    ParsedMail mail = mail(text);
    assertThat(Replies.refusal(mail)).isPresent();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Replies.reply(mail, false, Set.of()));
  }

  @Test
  void whatIsPassedOnIsAttachedByteForByte() throws IOException {
    MailFacts facts =
        new MailFacts("INBOX", 1, 1, 1, Optional.empty(), List.of(), Optional.empty());
    byte[] bytes = QUESTION.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    InboundMail inbound =
        new InboundMail(facts, () -> new ByteArrayInputStream(bytes), MimeLimits.defaults(), 1);
    Message forward =
        Replies.forward(inbound).from("ops@example.org").to("boss@example.org").text("see").build();
    try (PreparedMessage prepared = PreparedMessage.of(forward, Clock.systemUTC());
        InputStream in = prepared.open();
        ParsedMail read = MimeReader.read(in, MimeLimits.defaults())) {
      assertThat(read.subject()).isEqualTo("Fwd: Grüße");
      try (InputStream attached = read.attachments().get(0).open()) {
        assertThat(attached.readAllBytes()).isEqualTo(bytes);
      }
    }
  }

  @Test
  void whatIsPassedOnBelowOnesOwnWordsHasItsAttachmentsBeside() throws IOException {
    ParsedMail mail =
        mail(
            """
            Message-ID: <2@x.example>
            From: ada@x.example
            Subject: WG: x
            Content-Type: multipart/mixed; boundary=b

            --b

            hello
            --b
            Content-Type: text/csv
            Content-Disposition: attachment; filename=a.csv

            1,2
            --b--
            """);
    Message forward =
        Replies.forwardInline(mail).from("ops@example.org").to("boss@example.org").build();
    assertThat(forward.subject()).isEqualTo("WG: x");
    assertThat(forward.inReplyTo()).contains("<2@x.example>");
    assertThat(forward.attachments()).extracting(Attachment::name).containsExactly("a.csv");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RE: x", "Re[2]: x", "AW: x", "sv: x"})
  void whatOtherProgramsPutBeforeSubjectsOfAnswersIsNotDoubled(String subject) throws IOException {
    ParsedMail mail = mail("From: a@x.example\nSubject: " + subject + "\n\nx");
    assertThat(Replies.reply(mail, false, Set.of()).from("b@x.example").build().subject())
        .isEqualTo(subject);
  }

  @Test
  void aSubjectThatSaysSoAlreadyIsLeftAsItIs() throws IOException {
    ParsedMail mail = mail("From: a@x.example\nSubject: RE: again\n\nx");
    assertThat(Replies.reply(mail, false, Set.of()).from("b@x.example").build().subject())
        .isEqualTo("RE: again");
  }
}
