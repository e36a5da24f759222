package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepState;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.scheduler.RunState;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.SettableClock;
import io.waybill.testkit.SmtpPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Job files that send mail, up to what the server gets. */
@Timeout(60)
@ExtendWith(Leaks.class)
class MailSendIT {
  private static final Duration HANG = Duration.ofSeconds(30);
  private static final String REPORT =
      "- { id: report, mail.send: { via: outgoing, to: a@b.example, subject: s, text: t%s } }";

  @TempDir Path directory;
  private MailFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MailFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void aReportFromATemplateIsSignedSentAndFiled() throws Exception {
    fixture.write("in/STMT_1.csv", "1,2,3\n");
    fixture.write("in/STMT_2.csv", "4,5\n");
    fixture.write(
        "templates/statements.html",
        """
        <h1>Statements for {{params.day}}</h1>
        <img src="logo.png"><img src="cid:seal">
        <table>
          <tr><th>File</th><th>Size</th><th>SHA-256</th></tr>
          {{#steps.pull.files}}<tr><td>{{name}}</td><td>{{size}}</td><td><code>{{digest}}</code></td></tr>{{/steps.pull.files}}
        </table>
        """);
    Files.write(directory.resolve("templates/logo.png"), new byte[] {1, 2, 3});
    Files.write(directory.resolve("seal.png"), new byte[] {4, 5, 6});
    fixture.write(
        "dkim.pem",
        MailFixture.pem(
            "PRIVATE KEY",
            KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate().getEncoded()));
    try (Sandbox sandbox = Sandbox.start(directory.resolve("ftp"), directory.resolve("hub"))) {
      fixture.write("imap", sandbox.mailLogin().password());
      fixture.jobFile(
          "dkim: { file: dkim.pem }, imap: { file: imap }",
          List.of(
              "box: { type: imap, host: 127.0.0.1, port: %d, tls: off, user: demo, password: \"${secrets.imap}\" }"
                  .formatted(sandbox.imapPort()),
              fixture.outgoing(
                  """
                  , tls: off, ehlo: robot.acme.example, message-id-domain: mail.acme.example,
                      dkim: { domain: acme.example, selector: s1, key: "${secrets.dkim}" },
                      sent-copy: { mailbox: box, folder: INBOX }\
                  """)),
          List.of(
              "- { id: pull, copy: { from: \"%1$s/in/\", to: \"%1$s/out/\", verify: digest } }"
                  .formatted(directory),
              """
              - { id: report, mail.send: { via: outgoing, to: a@b.example, subject: "Statements ${params.day}",
                      template: templates/statements.html, inline: { seal: seal.png } } }\
              """,
              "- { id: filed, mail.fetch: { mailbox: box, match: { message-id: \"${steps.report.message-id}\" }, expect: { min-messages: 1 } } }"));
      withParameter("params: { day: { type: date, default: 2026-01-31 } }");
      try (Waybill waybill = fixture.open()) {
        RunRecord record = waybill.run("job");
        assertThat(record.run().message()).isEmpty();
        assertThat(record.isSuccess()).isTrue();
        assertThat(waybill.outbox().find(output(record, "outbox")).orElseThrow().lastError())
            .isEmpty();
        assertThat(output(record, "message-id")).endsWith("@mail.acme.example>");
      }
    }
    assertThat(fixture.server.heard()).contains("EHLO robot.acme.example");
    ReceivedMail mail = fixture.server.messages().get(0);
    assertThat(mail.text())
        .startsWith("DKIM-Signature: v=1; a=rsa-sha256;")
        .contains("d=acme.example; s=s1;")
        .contains("Subject: Statements 2026-01-31")
        .contains("Auto-Submitted: auto-generated")
        .contains("multipart/alternative", "multipart/related")
        .contains("STMT_1.csv", "STMT_2.csv")
        .contains("sha-256:")
        .contains("Content-ID: <seal>", "Content-ID: <image1@waybill>");
  }

  private void withParameter(String line) throws Exception {
    Path file = directory.resolve("waybill.yml");
    Files.writeString(
        file, Files.readString(file).replace("    retry:", "    " + line + "\n    retry:"));
  }

  @Test
  void aQueuedMessageLeavesInTheBackground() throws Exception {
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(", wait: queued"));
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");
      assertThat(record.isSuccess()).isTrue();
      String id = output(record, "outbox");
      assertThat(waybill.outbox().find(id).map(OutboxEntry::state)).contains(OutboxState.QUEUED);
      assertThat(fixture.server.heard()).isEmpty();

      waybill.start();
      fixture.server.awaitMessages(1, HANG);
      await()
          .untilAsserted(
              () ->
                  assertThat(waybill.outbox().find(id).map(OutboxEntry::state))
                      .contains(OutboxState.SENT));
      assertThat(waybill.run("job").isSuccess()).isTrue();
      fixture.server.awaitMessages(2, HANG); // queued while it runs
    }
  }

  @Test
  void aRecipientPutOffIsAcceptedLaterWhileTheStepWaits() {
    fixture.server.greylisting();
    SettableClock clock = SettableClock.at("2026-01-31T10:00:00Z");
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(""));
    try (Waybill waybill = fixture.open(clock)) {
      CompletableFuture<RunRecord> run = waybill.runAsync("job", Map.of());
      OutboxEntry deferred = awaitDeferred(waybill);
      assertThat(deferred.nextAttemptAt()).contains(clock.instant().plus(Duration.ofMinutes(5)));
      assertThat(run).isNotDone();

      clock.advance(Duration.ofMinutes(5));
      RunRecord record = run.join();
      assertThat(record.isSuccess()).isTrue();
      assertThat(result(record).outputs()).containsEntry("accepted", List.of("a@b.example"));
      assertThat(record.steps().get(0).attempts()).hasSize(1);
      assertThat(waybill.outbox().find(deferred.id()).orElseThrow().attempts()).isEqualTo(2);
    }
    assertThat(fixture.server.messages()).hasSize(1);
  }

  @Test
  void aStepThatIsCancelledWhileItWaitsTakesItsMessageBack() {
    fixture.server.greylisting();
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(""));
    try (Waybill waybill = fixture.open()) {
      CompletableFuture<RunRecord> run = waybill.runAsync("job", Map.of());
      OutboxEntry deferred = awaitDeferred(waybill);

      waybill.cancel(waybill.liveRuns().get(0));
      RunRecord record = run.join();
      assertThat(record.run().state()).isEqualTo(RunState.CANCELLED);
      assertThat(record.steps().get(0).state()).isNotEqualTo(StepState.SUCCEEDED);
      assertThat(waybill.outbox().find(deferred.id())).isEmpty();
    }
    assertThat(fixture.server.messages()).isEmpty();
  }

  @Test
  void aStepThatFailsTakesItsMessageBack() {
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(""));
    fixture.server.at(SmtpPoint.GREETING).drop();
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");
      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().message()).contains("taken out of the outbox");
      assertThat(waybill.outbox().list(EnumSet.allOf(OutboxState.class), 10)).isEmpty();
      fixture.server.behave();
      assertThat(waybill.run("job").isSuccess()).isTrue();
      waybill.start();
    }
    assertThat(fixture.server.messages()).hasSize(1);
  }

  @Test
  void whatNobodyKnowsOfIsNamedInTheFailure() {
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(""));
    fixture.server.at(SmtpPoint.DOT).drop();
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");
      OutboxEntry entry = waybill.outbox().list(EnumSet.of(OutboxState.UNKNOWN), 10).get(0);
      assertThat(record.run().message()).contains("waybill outbox resolve " + entry.id());
    }
  }

  @Test
  void whatAnOperatorGaveUpSaysSoToTheNextRun() {
    fixture.server.at("RCPT").reply("450 4.2.1 later");
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(", dedupe: k"));
    try (Waybill waybill = fixture.open()) {
      CompletableFuture<RunRecord> run = waybill.runAsync("job", Map.of());
      waybill.outbox().drop(awaitDeferred(waybill).id());
      assertThat(run.join().run().message()).contains("given up by an operator");
      fixture.server.behave();
      assertThat(waybill.run("job").run().message()).contains("needs another dedupe key");
    }
  }

  @Test
  void aRunThatUsesAKeyAgainReadsNoTemplate() throws Exception {
    fixture.write("t.txt", "once");
    fixture.jobFile(
        "",
        List.of(fixture.outgoing(", tls: off")),
        List.of(
            "- { id: report, mail.send: { via: outgoing, to: a@b.example, subject: s, template: t.txt, dedupe: k } }"));
    try (Waybill waybill = fixture.open()) {
      assertThat(waybill.run("job").isSuccess()).isTrue();
      Files.delete(directory.resolve("t.txt"));

      RunRecord again = waybill.run("job");
      assertThat(again.isSuccess()).isTrue();
      assertThat(result(again).outputs()).containsEntry("earlier", true);
    }
    assertThat(fixture.server.messages()).hasSize(1);
  }

  @Test
  void aMessageThatIsNotSentAgainIsShownAsTheOneThatWasSent() throws Exception {
    CommandLineRun first = runWithSubject("No. 1");
    CommandLineRun second = runWithSubject("No. 2");

    assertThat(first.out()).contains("No. 1\n");
    assertThat(first.err()).doesNotContain("earlier");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.out()).contains("No. 1  sent earlier, not again\n");
    assertThat(second.err()).contains("report: sent earlier, not again: No. 1\n");
    assertThat(fixture.server.messages()).hasSize(1);
  }

  private CommandLineRun runWithSubject(String subject) {
    Path file =
        fixture.jobFile(
            "",
            List.of(fixture.outgoing(", tls: off")),
            List.of(
                "- { id: report, mail.send: { via: outgoing, to: a@b.example, subject: '"
                    + subject
                    + "', text: t, dedupe: k } }"));
    Map<String, String> state = Map.of("WAYBILL_STATE", directory.resolve("state").toString());
    return CommandLineRun.of(state, "run", "job", "-c", file.toString());
  }

  @Test
  void aMessageWhoseCopyCannotBeFiledIsSentAllTheSame() {
    fixture.jobFile(
        "gone: { file: gone }",
        List.of(
            "box: { type: imap, host: 127.0.0.1, port: 1, tls: off, user: u, password: \"${secrets.gone}\" }",
            fixture.outgoing(", tls: off, sent-copy: { mailbox: box, when: append }")),
        report(""));
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");

      assertThat(record.isSuccess()).isTrue();
      OutboxEntry entry = waybill.outbox().find(output(record, "outbox")).orElseThrow();
      assertThat(entry.state()).isEqualTo(OutboxState.SENT);
      assertThat(entry.lastError().orElseThrow())
          .contains("its copy could not be put into the folder of sent mail");
    }
  }

  @Test
  void anAccountThatCannotLogInKeepsNoOtherFromSending() throws Exception {
    fixture.jobFile(
        "gone: { file: gone }",
        List.of(
            fixture.outgoing(", tls: off"),
            "broken: { type: smtp, host: 127.0.0.1, port: %d, tls: off, from: x@acme.example, user: u, password: \"${secrets.gone}\" }"
                .formatted(fixture.server.port()),
            "untrusting: { type: smtp, host: 127.0.0.1, port: %d, from: x@acme.example, ca: gone.pem }"
                .formatted(fixture.server.port())),
        List.of(
            "- mail.send: { via: broken, to: a@b.example, subject: 1, text: t, wait: queued }",
            "- mail.send: { via: untrusting, to: a@b.example, subject: 2, text: t, wait: queued }",
            "- mail.send: { via: outgoing, to: a@b.example, subject: 3, text: t, wait: queued }"));
    fixture.server.user("u", "p");
    try (Waybill waybill = fixture.open()) {
      assertThat(waybill.run("job").isSuccess()).isTrue();
      waybill.start();

      fixture.server.awaitMessages(1, HANG);
      await()
          .untilAsserted(
              () ->
                  assertThat(waybill.outbox().list(Set.of(OutboxState.QUEUED), 10))
                      .extracting(entry -> entry.lastError().orElse(""))
                      .anyMatch(why -> why.contains("secret \"gone\""))
                      .anyMatch(why -> why.contains("gone.pem cannot be used"))
                      .hasSize(2));
      assertThat(waybill.run("job").isSuccess()).isTrue();
      fixture.server.awaitMessages(2, HANG);
    }
  }

  @Test
  void aRefusedMailEndsTheStepWithTheServersWords() {
    fixture.server.at(SmtpPoint.RCPT).reply("550 5.1.1 no such user");
    fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), report(""));
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().message()).contains("550 5.1.1", "no such user");
    }
  }

  private static List<String> report(String more) {
    return List.of(REPORT.formatted(more));
  }

  private static OutboxEntry awaitDeferred(Waybill waybill) {
    Set<OutboxState> wanted = Set.of(OutboxState.DEFERRED);
    await().until(() -> !waybill.outbox().list(wanted, 1).isEmpty());
    return waybill.outbox().list(wanted, 1).get(0);
  }

  private static StepResult result(RunRecord record) {
    return record.step("report").orElseThrow().result().orElseThrow();
  }

  private static String output(RunRecord record, String name) {
    return String.valueOf(result(record).outputs().get(name));
  }
}
