package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ScriptedSmtpServer;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mail.reply} and {@code mail.forward} against a mail server. */
@Timeout(90)
class MailAnswerIT {
  private static final String ADA = "ada@partner.example";

  @TempDir Path directory;
  private MailboxJob job;

  @BeforeEach
  void start() {
    job = new MailboxJob(directory);
  }

  @AfterEach
  void stop() {
    job.close();
  }

  // the server here takes nothing from the null sender
  private static String reply(String more) {
    return nullReply("envelope-from: robot@acme.example, " + more);
  }

  private static String nullReply(String more) {
    return "{ id: answer, mail.reply: { message: '${steps.fetch.messages}', via: outgoing, "
        + more
        + " } }";
  }

  private static String forward(String more) {
    return "{ id: answer, mail.forward: { message: '${steps.fetch.messages}', via: outgoing, to:"
        + " boss@acme.example"
        + more
        + " } }";
  }

  private static String text(MimeMessage message) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    message.writeTo(bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anAnswerStandsInItsThreadAndIsMarkedAsAutomatic() throws Exception {
    job.deliver(MailboxJob.message("Order-7", "a.csv=1"));
    FileJob.Ran ran =
        job.run(
            reply(
                "text: \"We have got ${message.subject} of ${message.date | format('d.M.yyyy')}.\","
                    + " quote: true"));
    assertThat(ran.code()).as(ran.message()).isZero();
    MimeMessage answer = job.receivedBy(ADA).get(0);
    assertThat(answer.getSubject()).isEqualTo("Re: Order-7");
    assertThat(answer.getHeader("In-Reply-To")).containsExactly("<Order-7@partner.example>");
    assertThat(answer.getHeader("Auto-Submitted")).containsExactly("auto-replied");
    assertThat(String.valueOf(answer.getContent()))
        .contains("We have got Order-7 of 31.1.2026.")
        .contains("> The text of Order-7.");
    assertThat(job.receivedBy("bob@partner.example")).isEmpty();
    Map<String, Object> sent = Plain.maps(ran.outputs("answer"), "sent").get(0);
    assertThat(sent).containsEntry("to", List.of(ADA)).containsEntry("earlier", false);
  }

  @Test
  void anAnswerToAllLeavesOutOurselves() throws Exception {
    job.deliver(MailboxJob.message("7"));
    FileJob.Ran ran = job.run(reply("text: ok, reply-all: true"));
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.receivedBy(ADA)).hasSize(1);
    assertThat(job.receivedBy("bob@partner.example")).hasSize(1);
    assertThat(job.subjects("INBOX")).as("none came back").containsExactly("7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Auto-Submitted: auto-replied | a program",
        "Precedence: bulk | a program",
        "List-Id: <l.partner.example> | a list",
        "Return-Path: <> | no sender",
        "From: MAILER-DAEMON@partner.example | a program",
        "From: Robot <ROBOT@acme.example> | ourselves",
        "From: intake@acme.example | ourselves",
        "Reply-To: intake@acme.example | ourselves",
      })
  void whatMustNotBeAnsweredIsLeftOutAndNamed(String header, String why) throws Exception {
    String mail = MailboxJob.message("never");
    job.deliver(
        header.startsWith("From")
            ? mail.replace("From: Ada <ada@partner.example>", header)
            : header + "\n" + mail);
    job.deliver(MailboxJob.message("fine"));
    FileJob.Ran ran = job.run(reply("text: ok"));
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.receivedBy(ADA)).extracting(m -> m.getSubject()).containsExactly("Re: fine");
    List<Map<String, Object>> leftOut = Plain.maps(ran.outputs("answer"), "left-out");
    assertThat(leftOut).hasSize(1);
    assertThat(leftOut.get(0)).containsEntry("message", "<never@partner.example>");
    assertThat(String.valueOf(leftOut.get(0).get("why"))).contains(why);
  }

  @Test
  void moreThanFiftyPeopleGetNoAnswer() throws Exception {
    StringBuilder cc = new StringBuilder("Cc: p0@x.example");
    for (int i = 1; i < 60; i++) {
      cc.append(", p").append(i).append("@x.example");
    }
    job.deliver(cc + "\n" + MailboxJob.message("many"));
    FileJob.Ran ran = job.run(reply("text: ok, reply-all: true"));
    assertThat(ran.code()).isZero();
    assertThat(Plain.maps(ran.outputs("answer"), "left-out").toString())
        .contains("50 are the most");
    assertThat(job.receivedBy("p1@x.example")).isEmpty();
  }

  @Test
  void aSecondRunAnswersOnlyWhatIsNew() throws Exception {
    job.deliver(MailboxJob.message("one"));
    job.run(reply("text: ok"));
    job.deliver(MailboxJob.message("two"));
    FileJob.Ran ran = job.run(reply("text: ok"));
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.receivedBy(ADA))
        .extracting(m -> m.getSubject())
        .containsExactly("Re: one", "Re: two");
    assertThat(Plain.maps(ran.outputs("answer"), "sent"))
        .extracting(sent -> sent.get("earlier"))
        .containsExactly(true, false);
  }

  @Test
  void whoReadsWhatIsPrintedSeesWhoGotNoAnswer() throws Exception {
    job.deliver("Precedence: bulk\n" + MailboxJob.message("offer"));
    job.deliver(MailboxJob.message("x".repeat(500)).replace("<" + "x".repeat(500), "<long"));
    Path file = job.jobFile(reply("text: ok"));
    String out = job.commandLine("run", "post", "-c", file.toString()).out();
    assertThat(out)
        .contains("left out: <offer@partner.example>  offer: a program or a list wrote it")
        .contains("Re: xxx")
        .doesNotContain("x".repeat(101));
  }

  @Test
  void aMessageIsPassedOnAsItIs() throws Exception {
    job.deliver(MailboxJob.message("Re: one", "a.csv=1,2"));
    FileJob.Ran ran = job.run(forward(", text: 'for you'"));
    assertThat(ran.code()).as(ran.message()).isZero();
    MimeMessage passedOn = job.receivedBy("boss@acme.example").get(0);
    assertThat(passedOn.getSubject()).isEqualTo("Fwd: Re: one");
    assertThat(passedOn.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    MimeMultipart parts = (MimeMultipart) passedOn.getContent();
    assertThat(parts.getBodyPart(1).getContentType()).startsWith("message/rfc822");
    assertThat(text(passedOn))
        .contains("for you")
        .contains("Message-ID: <Re: one@partner.example>");
  }

  @Test
  void aMessageIsPassedOnBelowOnesOwnWords() throws Exception {
    job.deliver(MailboxJob.message("one", "a.csv=1,2"));
    Files.writeString(
        directory.resolve("note.html"), "<p>New from {{message.from}}: {{message.subject}}</p>");
    FileJob.Ran ran = job.run(forward(", template: note.html, as: inline"));
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(text(job.receivedBy("boss@acme.example").get(0)))
        .contains("New from ada@partner.example: one")
        .contains("Forwarded message")
        .contains("The text of one.")
        .contains("filename=\"a.csv\"")
        .contains("<pre");
  }

  @Test
  void aRefusedAnswerDoesNotStopTheOthers() throws Exception {
    try (ScriptedSmtpServer smtp = ScriptedSmtpServer.start()) {
      smtp.at("RCPT TO:<bad@partner.example>").reply("550 5.1.1 nobody");
      job.deliver(
          MailboxJob.message("bad").replace("Ada <ada@partner.example>", "bad@partner.example"));
      job.deliver(MailboxJob.message("good"));
      FileJob.Ran ran = job.run(job.jobFileVia(smtp.port(), nullReply("text: ok")));
      assertThat(smtp.heard())
          .filteredOn(line -> line.startsWith("MAIL"))
          .allMatch(line -> line.startsWith("MAIL FROM:<>"));
      assertThat(ran.message()).contains("1 of 2 messages were not done").contains("5.1.1");
      assertThat(smtp.messages()).hasSize(1);
      assertThat(smtp.messages().get(0).text()).contains("Subject: Re: good");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reply | quote: true | nothing is said in the answer",
        "reply | text: a, to: b@c.example | unknown key \"to\"",
        "reply | text: a, template: t.html | leave one out",
        "reply | text: '${message.body}' | \"message\" has no \"body\"",
        "forward | text: a | key \"to\" is missing",
        "forward | to: b@c.example, as: eml | must be one of attachment, inline",
      })
  void whatIsWrongIsSaidWhenTheFileIsRead(String kind, String keys, String why) throws Exception {
    CommandLineRun validated =
        job.validate(
            "{ mail.%s: { message: '${steps.fetch.messages}', via: outgoing, %s } }"
                .formatted(kind, keys));
    assertThat(validated.code()).isEqualTo(2);
    assertThat(validated.err()).contains(why);
  }
}
