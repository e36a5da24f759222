package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.ServerCertificate;
import io.waybill.testkit.SmtpPoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code send}, {@code mail check} and {@code outbox}, as a person at a shell has them. */
@Timeout(120)
class SendIT {
  private static final String PASSWORD = "planted-Pa55word";

  @TempDir Path directory;

  private final ScriptedSmtpServer server = ScriptedSmtpServer.start();
  private final Map<String, String> environment = new HashMap<>();
  private Path jobFile;

  @BeforeEach
  void prepare() throws IOException {
    server.user("ops", PASSWORD).requiringLogin();
    environment.put("WAYBILL_STATE", directory.resolve("state").toString());
    environment.put("SMTP_PASSWORD", PASSWORD);
    environment.put("HOME", directory.toString());
    jobFile = directory.resolve("waybill.yml");
    Files.writeString(
        jobFile,
        """
        version: 1
        timezone: Europe/Paris
        daemon: { http: { listen: "127.0.0.1:0" } }
        secrets:
          smtp: { env: SMTP_PASSWORD }
        connections:
          outgoing: { type: smtp, host: 127.0.0.1, port: %d, tls: off, user: ops, password: "${secrets.smtp}", from: ops@example.org }
        jobs:
          none:
            steps: [ { mail.send: { via: outgoing, to: [a@example.net], subject: x, text: x } } ]
        """
            .formatted(server.port()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private CommandLineRun line(String... words) {
    CommandLineRun run = CommandLineRun.of(environment, words);
    assertThat(run.out() + run.err()).doesNotContain(PASSWORD);
    return run;
  }

  private CommandLineRun send(String... words) {
    List<String> all =
        new ArrayList<>(List.of("send", "-c", jobFile.toString(), "--to", "you@example.net"));
    all.addAll(Arrays.asList(words));
    return line(all.toArray(String[]::new));
  }

  private static Map<String, Object> json(CommandLineRun run) {
    return Json.readObject(run.out());
  }

  private String received() {
    return server.accepted().get(0).text();
  }

  @Test
  void sendsOneMailAndSaysWhatTheServerSaid() throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), "a;b");
    CommandLineRun run =
        send("--cc", "me@example.net", "-s", "Grüße", "--text", "hello", "-a", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("accepted", "you@example.net", "queued as", "in clear");
    assertThat(received()).contains("filename=\"a.csv\"", "Cc: me@example.net", "hello");
  }

  @Test
  void tellsAProgramInOneDocument() {
    CommandLineRun run = send("--text", "x", "-o", "json");
    Map<String, Object> form = json(run);
    assertThat(form).containsEntry("schema", "waybill.send/1").containsKeys("message-id", "digest");
    assertThat(Plain.maps(form, "recipients"))
        .singleElement()
        .satisfies(each -> assertThat(each).containsEntry("status", "accepted"));
  }

  @Test
  void theBodyComesFromStandardInputWhereNoneIsGiven() {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("from a pipe\n".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(send("-s", "x").code()).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(received()).contains("\r\nfrom a pipe\r\n");
  }

  @Test
  void htmlAloneGetsItsTextMadeFromIt() throws IOException {
    Path html = Files.writeString(directory.resolve("b.html"), "<h1>Hot</h1><p>a <b>b</b></p>");
    assertThat(send("--html-file", html.toString()).code()).isZero();
    assertThat(received())
        .contains("multipart/alternative", "Hot\r\n===", "a b\r\n", "<p>a <b>b</b></p>");
  }

  @Test
  void aTemplateIsRenderedAndItsImagesGoAlong() throws IOException {
    Files.write(directory.resolve("logo.png"), new byte[] {1, 2, 3});
    Path template =
        Files.writeString(
            directory.resolve("t.html"),
            "<title>For {{who.name}}</title><p>{{text}}</p><img src=\"logo.png\">");
    CommandLineRun run =
        send("--template", template.toString(), "-d", "who.name=Ada", "-d", "text=<b>");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(received()).contains("Subject: For Ada", "&lt;b&gt;", "multipart/related", "cid:");
    CommandLineRun missing = send("--template", template.toString(), "-d", "text=x");
    assertThat(missing.code()).isNotZero();
    assertThat(missing.err()).contains("who", "line 1");
  }

  @Test
  void aFinishedMessageGoesAsItIs() throws IOException {
    Path eml =
        Files.writeString(
            directory.resolve("a.eml"),
            "From: a@example.org\nTo: b@example.net\nBcc: c@example.net\nSubject: eml\nX-Own: 1\n\nbody\n");
    CommandLineRun run = line("send", "-c", jobFile.toString(), "--eml", eml.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(received()).contains("X-Own: 1").doesNotContain("Bcc");
    assertThat(server.accepted().get(0).recipientAddresses())
        .containsExactly("b@example.net", "c@example.net");
  }

  @Test
  void aFinishedMessageGoesFromWhomAndWithTheReportsThatAreAskedFor() throws IOException {
    Path eml =
        Files.writeString(
            directory.resolve("a.eml"), "From: a@example.org\nTo: b@example.net\n\nbody\n");
    CommandLineRun run =
        line(
            "send",
            "-c",
            jobFile.toString(),
            "--eml",
            eml.toString(),
            "--envelope-from",
            "bounces@example.org",
            "--dsn",
            "failure");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(server.heard())
        .anyMatch(each -> each.startsWith("MAIL FROM:<bounces@example.org>"))
        .anyMatch(each -> each.contains("NOTIFY=FAILURE"));
    CommandLineRun refused =
        line(
            "send",
            "-c",
            jobFile.toString(),
            "--eml",
            eml.toString(),
            "--reply-to",
            "you@example.net");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--eml is the whole message");
  }

  @Test
  void aServerThatReportsNothingIsAWarning() {
    server.withholding("DSN");
    CommandLineRun run = send("--text", "x", "--dsn", "failure");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("does not offer DSN");
  }

  @Test
  void aDryRunNeedsNoPasswordAndStillReadsItsOptions() {
    String[] words = {
      "send",
      "--via",
      "smtp://u@127.0.0.1:1",
      "--from",
      "a@b.example",
      "--to",
      "c@d.example",
      "--text",
      "x"
    };
    assertThat(line(with(words, "--dry-run")).code()).isZero();
    assertThat(line(with(words, "--dry-run", "--deadline", "soon")).code()).isEqualTo(2);
    assertThat(line(words).err()).contains("--password-file").doesNotContain("--key-file");
  }

  private static String[] with(String[] words, String... more) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void whoHangsUpAtTheLoginIsToldThePasswordOnce() {
    server.at("AUTH").drop();
    assertThat(send("--text", "x").code()).isEqualTo(4);
    assertThat(server.heard()).filteredOn(each -> each.startsWith("AUTH")).hasSize(1);
  }

  @Test
  void aDryRunShowsTheMessageAndTalksToNobody() {
    CommandLineRun run = send("-s", "x", "--text", "hello", "--header", "X-A: 1", "--dry-run");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Subject: x\r\n", "X-A: 1\r\n", "\r\n\r\nhello\r\n");
    assertThat(run.err()).contains("you@example.net");
    assertThat(server.connections()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT TO:<you@, 550 5.1.1 no such user, 8",
    "RCPT, 550 5.1.1 no such user, 11",
    "RCPT, 450 4.2.1 later, 6",
    "MAIL, 452 4.3.1 full, 6",
    "DOT, 554 5.7.1 spam, 11",
  })
  void exitCodesSayHowItWent(String where, String reply, int code) {
    server.at(where).reply(reply);
    CommandLineRun run = send("--cc", "good@example.net", "--text", "x");
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(code);
    assertThat(run.out()).contains(reply.substring(4));
  }

  @Test
  void anUnknownOutcomeHasACodeOfItsOwn() {
    server.at(SmtpPoint.DOT).drop();
    CommandLineRun run = send("--text", "x");
    assertThat(run.code()).isEqualTo(13);
    assertThat(run.err()).contains("unknown whether");
    assertThat(server.messages()).hasSize(1);
  }

  @Test
  void aWrongPasswordIsTriedOnce() {
    environment.put("SMTP_PASSWORD", "wrong-secret");
    CommandLineRun run = send("--text", "x");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("ops").doesNotContain("wrong-secret");
    assertThat(server.loginAttempts()).isEqualTo(1);
  }

  @Test
  void aServerOutOfReachIsAConnectionsFailure() {
    int port = server.port();
    server.close();
    CommandLineRun run = send("--text", "x");
    assertThat(run.code()).isEqualTo(4);
    assertThat(run.err()).contains("127.0.0.1:" + port);
  }

  @Test
  void aUriNeedsNoJobFile() throws Exception {
    server.securing(ServerCertificate.LOCALHOST.context());
    Path ca = directory.resolve("ca.pem");
    Files.writeString(ca, pem(ServerCertificate.authority()));
    CommandLineRun run =
        line(
            "send",
            "--via",
            "smtp://ops@127.0.0.1:" + server.port(),
            "--password-env",
            "SMTP_PASSWORD",
            "--ca",
            ca.toString(),
            "--from",
            "ops@example.org",
            "--to",
            "a@example.net,b@example.net",
            "--text",
            "x");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("TLSv1.3");
    assertThat(server.accepted().get(0).recipients()).hasSize(2);
    CommandLineRun untrusted =
        line(
            "mail",
            "check",
            "smtp://ops@127.0.0.1:" + server.port(),
            "--password-env",
            "SMTP_PASSWORD");
    assertThat(untrusted.code()).isEqualTo(4);
    assertThat(untrusted.out()).contains("TLS handshake", "FAILED");
  }

  private static String pem(X509Certificate certificate) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  @Test
  void aTraceHidesTheLogin() {
    CommandLineRun run = send("--text", "x", "--trace");
    assertThat(run.code()).isZero();
    assertThat(run.err())
        .contains("AUTH", "***", "MAIL FROM", "250")
        .doesNotContain(
            Base64.getEncoder()
                .encodeToString(("\0ops\0" + PASSWORD).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void badInputIsNamedAndNothingIsSent() {
    CommandLineRun run = send("-s", "a\nBcc: x@example.net", "--text", "x");
    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains("subject", "LF", "position 1");
    assertThat(send("--header", "Bcc: x@example.net", "--text", "x").err()).contains("Bcc");
    assertThat(send("--text", "x", "-a", "/no/such/file").code()).isEqualTo(3);
    assertThat(line("send", "--to", "a@example.net", "--text", "x").code()).isEqualTo(2);
    assertThat(server.connections()).isZero();
  }

  @Test
  void aCheckSaysWhatThereIs() {
    CommandLineRun run = line("mail", "check", "outgoing", "-c", jobFile.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("EHLO", "PIPELINING", "SIZE", "AUTH", "largest-message");
    assertThat(server.heard()).noneMatch(each -> each.startsWith("MAIL"));
    Map<String, Object> form =
        json(line("mail", "check", "outgoing", "-c", jobFile.toString(), "--json"));
    assertThat(form).containsEntry("schema", "waybill.mail-check/1").containsEntry("ok", true);
  }

  @Test
  void whatIsQueuedWithoutADaemonWaitsForAnOperator() {
    CommandLineRun queued = send("-s", "later", "--text", "x", "--queue", "--key", "k", "--json");
    assertThat(queued.code()).as(queued.err()).isZero();
    String id = Plain.text(json(queued), "id");
    assertThat(server.connections()).isZero();
    assertThat(outbox("list").out()).contains(id, "queued", "later");
    assertThat(Plain.text(json(send("--text", "other", "--queue", "--key", "k", "--json")), "id"))
        .isEqualTo(id);
    server.at(SmtpPoint.DOT).once().drop();
    assertThat(outbox("retry", id).out()).contains("unknown");
    assertThat(outbox("retry", id).code()).isNotZero();
    assertThat(outbox("list", "--only", "unknown").out()).contains(id);
    assertThat(outbox("resolve", id, "--as", "resend").out()).contains("sent");
    assertThat(server.accepted()).hasSize(1);
    assertThat(outbox("list").out()).doesNotContain(id);
    assertThat(outbox("list", "--all").out()).contains(id);
    assertThat(outbox("drop", id).code()).isNotZero();
    assertThat(outbox("list", "01NOSUCHENTRY0000000000000").code()).isEqualTo(3);
  }

  private CommandLineRun outbox(String verb, String... words) {
    List<String> all = new ArrayList<>(List.of("outbox", verb));
    all.addAll(Arrays.asList(words));
    all.addAll(List.of("-c", jobFile.toString()));
    return line(all.toArray(String[]::new));
  }

  @Test
  void aDaemonSendsWhatIsQueuedAndIsAskedAboutIt() throws Exception {
    Configuration configuration = JobFiles.load(List.of(jobFile), environment);
    StateDirectory state = StateDirectory.of(Optional.of(directory.resolve("state")), Map.of());
    try (Daemon daemon =
        Daemon.start(
            configuration, Waybill.builder(configuration).state(state), state.daemonFile())) {
      server.at(SmtpPoint.RCPT).once().reply("451 4.2.0 later");
      Path big = Files.write(directory.resolve("big.bin"), new byte[3_000_000]);
      CommandLineRun queued =
          send("-s", "big", "--text", "x", "-a", big.toString(), "--queue", "--json");
      assertThat(queued.code()).as(queued.err()).isZero();
      String id = Plain.text(json(queued), "id");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> outbox("list", id).out().contains("deferred"));
      assertThat(outbox("list", id).out()).contains("next attempt", "4.2.0 later");
      assertThat(outbox("retry", id).code()).isZero();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> outbox("list", id, "--json").out().contains("\"sent\""));
      assertThat(server.accepted()).hasSize(1);
      assertThat(outbox("drop", id).err()).contains("SENT");
      assertThat(outbox("list", "nonsense").code()).isEqualTo(3);
    }
  }
}
