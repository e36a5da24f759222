package io.waybill;

import static io.waybill.WebFixture.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.ServerCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each example file does what its comment says, with its hosts pointed at servers of this process.
 */
@Timeout(180)
class ExampleFilesIT {
  private static final String PASSWORD = "planted-example-7c1f";

  @TempDir Path directory;

  /** Writes an example in which texts, in pairs, are replaced; each must be there. */
  private Path example(String name, String... replaced) throws IOException {
    String text = Files.readString(Path.of("examples", name));
    for (int i = 0; i < replaced.length; i += 2) {
      assertThat(text).as(name).contains(replaced[i]);
      text = text.replace(replaced[i], replaced[i + 1]);
    }
    return Files.writeString(directory.resolve(name), text);
  }

  private CommandLineRun run(Path file, String job, Map<String, String> more, String... rest) {
    Map<String, String> environment = new LinkedHashMap<>(more);
    environment.put("WAYBILL_STATE", directory.resolve("state").toString());
    List<String> line = new ArrayList<>(List.of("run", job, "-c", file.toString(), "-o", "json"));
    line.addAll(List.of(rest));
    return CommandLineRun.of(environment, line.toArray(String[]::new));
  }

  private static ScriptedSmtpServer smtp() {
    return ScriptedSmtpServer.start().user("robot", PASSWORD);
  }

  private static ParsedMail parsed(ReceivedMail mail) throws IOException {
    return MimeReader.read(new ByteArrayInputStream(mail.content()), MimeLimits.defaults());
  }

  private FtpsFixture ftps(Path home) throws Exception {
    return FtpsFixture.start(
        home, FtpsFixture.key(directory, "ftps", "SAN=ip:127.0.0.1", 0), PASSWORD);
  }

  /** Says where the FTPS server is, and whom it trusts, instead of the bank. */
  private String atFtps(FtpsFixture server) {
    return "host: 127.0.0.1, port: %d, ca: \"%s\", user: %s"
        .formatted(server.port(), directory.resolve("ftps.pem"), FtpsFixture.USER);
  }

  @Test
  void theNightlyPullProvesEachFileByItsSidecarAndReports() throws Exception {
    Path home = Files.createDirectories(directory.resolve("bank"));
    Path out = Files.createDirectories(home.resolve("out"));
    Path good = Files.writeString(out.resolve("STMT_20260131_1.csv"), "1;17\n");
    Files.writeString(
        out.resolve("STMT_20260131_1.csv.sha256"),
        SpineFixture.sha256(good) + "  STMT_20260131_1.csv\n");
    Files.writeString(out.resolve("STMT_20260130_1.csv"), "of another day\n");
    Map<String, String> secrets = Map.of("BANK_PASSWORD", PASSWORD, "MAIL_PASSWORD", PASSWORD);
    try (FtpsFixture bank = ftps(home);
        ScriptedSmtpServer mail = smtp()) {
      Path file =
          example(
              "nightly-pull.yml",
              "/srv/waybill/in",
              "\"" + directory.resolve("in") + "\"",
              "host: ftp.bank.example, user: acme",
              atFtps(bank),
              "host: smtp.acme.example",
              "host: 127.0.0.1, port: " + mail.port() + ", tls: off",
              "attempts: 5",
              "attempts: 1");

      CommandLineRun pulled = run(file, "statements", secrets, "-p", "day=2026-01-31");

      assertThat(pulled.code()).as(pulled.out() + pulled.err()).isZero();
      assertThat(directory.resolve("in/2026-01-31/STMT_20260131_1.csv")).hasContent("1;17\n");
      assertThat(out.resolve("done/STMT_20260131_1.csv")).exists();
      assertThat(good).doesNotExist();
      assertThat(out.resolve("STMT_20260130_1.csv")).exists();
      assertThat(parsed(mail.accepted().get(0)).subject())
          .contains("Statements 2026-01-31: 1 files, 5 B");

      CommandLineRun late = run(file, "statements", secrets, "-p", "day=2026-02-01");

      assertThat(late.code()).as(late.err()).isNotZero();
      assertThat(mail.accepted()).hasSize(2);
      assertThat(parsed(mail.accepted().get(1)).subject()).contains("Statements 2026-02-01 LATE");

      Files.writeString(out.resolve("STMT_20260202_1.csv"), "changed on its way\n");
      Files.writeString(
          out.resolve("STMT_20260202_1.csv.sha256"), "0".repeat(64) + "  STMT_20260202_1.csv\n");
      CommandLineRun broken = run(file, "statements", secrets, "-p", "day=2026-02-02");

      assertThat(broken.code()).as(broken.err()).isEqualTo(7);
      assertThat(directory.resolve("in/2026-02-02/STMT_20260202_1.csv")).doesNotExist();
      assertThat(out.resolve("STMT_20260202_1.csv")).exists();
    }
  }

  @Test
  void theMirrorFollowsItsSiteAndTheProofMendsWhatDiffers() throws Exception {
    Path site = Files.createDirectories(directory.resolve("site/var/www"));
    Files.writeString(site.resolve("index.html"), "<p>1</p>");
    Files.writeString(site.resolve("old.html"), "<p>old</p>");
    Files.writeString(site.resolve("upload.tmp"), "half");
    Path mirror = directory.resolve("mirror");
    try (SftpFixture server = new SftpFixture(directory.resolve("site"), PASSWORD)) {
      Path file =
          example(
              "mirror.yml",
              "/srv/mirror/www",
              "\"" + mirror + "\"",
              "host: www.acme.example, user: deploy",
              "host: 127.0.0.1, port: " + server.port() + ", user: " + SftpFixture.USER,
              "/etc/ssh/ssh_known_hosts",
              "\"" + server.knownHosts(directory.resolve("known")) + "\"");
      Map<String, String> secrets = Map.of("SITE_PASSWORD", PASSWORD);

      CommandLineRun first = run(file, "mirror", secrets);
      assertThat(first.code()).as(first.out() + first.err()).isZero();
      assertThat(mirror.resolve("index.html")).hasContent("<p>1</p>");
      assertThat(mirror.resolve("old.html")).exists();
      assertThat(mirror.resolve("upload.tmp")).doesNotExist();

      Files.delete(site.resolve("old.html"));
      Files.writeString(site.resolve("new.html"), "<p>new</p>");
      CommandLineRun second = run(file, "mirror", secrets);
      assertThat(second.code()).as(second.out() + second.err()).isZero();
      assertThat(mirror.resolve("old.html")).doesNotExist();
      assertThat(mirror.resolve("new.html")).hasContent("<p>new</p>");

      var time = Files.getLastModifiedTime(mirror.resolve("index.html"));
      Files.writeString(mirror.resolve("index.html"), "<p>2</p>");
      Files.setLastModifiedTime(mirror.resolve("index.html"), time);
      CommandLineRun proof = run(file, "proof", secrets);
      assertThat(proof.code()).as(proof.out() + proof.err()).isZero();
      assertThat(mirror.resolve("index.html")).hasContent("<p>1</p>");
    }
  }

  @Test
  void theBankReadsWhatIsForItAndItsAnswersAreItsOwn() throws Exception {
    Path home = Files.createDirectories(directory.resolve("bank"));
    Files.createDirectories(home.resolve("in"));
    Path out = Files.createDirectories(home.resolve("out"));
    Path work = Files.createDirectories(directory.resolve("work"));
    Files.writeString(work.resolve("payments-2026-01-30.xml"), "<pay>17</pay>");
    Path keys = Files.createDirectories(directory.resolve("keys"));
    PgpKeyring us = PgpKeyring.create("us@acme.example");
    PgpKeyring bank = PgpKeyring.create("bank@bank.example");
    PgpKeyring stranger = PgpKeyring.create("bank@bank.example");
    us.writeSecret(keys.resolve("us.sec"));
    us.writePublic(keys.resolve("us.pub"));
    bank.writePublic(keys.resolve("bank.pub"));
    Map<String, String> secrets =
        Map.of("BANK_PASSWORD", PASSWORD, "PGP_PASSPHRASE", PgpKeyring.PASSPHRASE);
    try (FtpsFixture server = ftps(home)) {
      Path file =
          example(
              "bank-pgp.yml",
              "/srv/waybill/bank",
              "\"" + work + "\"",
              "host: ftp.bank.example, user: acme",
              atFtps(server));

      CommandLineRun sent = run(file, "payments", secrets, "-p", "day=2026-01-30");
      assertThat(sent.code()).as(sent.out() + sent.err()).isZero();
      assertThat(home.resolve("in/payments-2026-01-30.xml.pgp")).isNotEmptyFile();
      assertThat(atTheBank(bank, us, home.resolve("in/payments-2026-01-30.xml.pgp")))
          .isEqualTo("<pay>17</pay>");

      byte[] list = "17 accepted\n".getBytes(UTF_8);
      Files.write(out.resolve("answer-2026-01-30.list"), list);
      Files.write(out.resolve("answer-2026-01-30.list.sig"), bank.signatureOf(list));
      answered(stranger, us, "<forged/>", out.resolve("answer-2026-01-30.xml.pgp"));
      CommandLineRun forged = run(file, "answers", secrets, "-p", "day=2026-01-30");
      assertThat(forged.code()).as(forged.out() + forged.err()).isEqualTo(7);
      assertThat(work.resolve("answers/answer-2026-01-30.xml")).doesNotExist();
      assertThat(out.resolve("answer-2026-01-30.xml.pgp")).exists();

      answered(bank, us, "<done/>", out.resolve("answer-2026-01-30.xml.pgp"));
      CommandLineRun taken = run(file, "answers", secrets, "-p", "day=2026-01-30");
      assertThat(taken.code()).as(taken.out() + taken.err()).isZero();
      assertThat(work.resolve("answers/answer-2026-01-30.xml")).hasContent("<done/>");
      assertThat(work.resolve("answers/answer-2026-01-30.list")).hasContent("17 accepted");
      assertThat(out).isEmptyDirectory();
    }
  }

  /** Returns what a file holds for who has a key, and believes another. */
  private String atTheBank(PgpKeyring owner, PgpKeyring signer, Path file) throws IOException {
    Path desk = Files.createTempDirectory(directory, "desk");
    owner.writeSecret(desk.resolve("own.sec"));
    signer.writePublic(desk.resolve("signer.pub"));
    JobFileRun opened =
        JobFileRun.of(
            desk,
            Map.of("P", PgpKeyring.PASSPHRASE),
            "secrets: { p: { env: P } }\njobs: { j: { steps: [ { pgp.decrypt: { from: '%s', to: '%s', key: own.sec, passphrase: '${secrets.p}', signed-by: signer.pub } } ] } }\n"
                .formatted(file, desk.resolve("plain")));
    assertThat(opened.code()).as(opened.form().toString()).isZero();
    return Files.readString(desk.resolve("plain"));
  }

  /** Writes a file to one key, signed by another. */
  private void answered(PgpKeyring signer, PgpKeyring reader, String content, Path file)
      throws IOException {
    Path desk = Files.createTempDirectory(directory, "desk");
    signer.writeSecret(desk.resolve("own.sec"));
    reader.writePublic(desk.resolve("reader.pub"));
    Files.writeString(desk.resolve("plain"), content);
    Files.deleteIfExists(file);
    JobFileRun sealed =
        JobFileRun.of(
            desk,
            Map.of("P", PgpKeyring.PASSPHRASE),
            "secrets: { p: { env: P } }\njobs: { j: { steps: [ { pgp.encrypt: { from: '%s', to: '%s', recipients: reader.pub, sign-key: own.sec, sign-passphrase: '${secrets.p}' } } ] } }\n"
                .formatted(desk.resolve("plain"), file));
    assertThat(sealed.code()).as(sealed.form().toString()).isZero();
  }

  @Test
  void theReportShowsItsFiguresAndTheChart() throws Exception {
    byte[] chart = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1, 2, 3};
    Files.createDirectories(directory.resolve("templates"));
    Files.createDirectories(directory.resolve("work"));
    Files.copy(
        Path.of("examples/templates/weekly-report.html"),
        directory.resolve("templates/weekly-report.html"));
    try (ScriptedSmtpServer mail = smtp();
        WebFixture web =
            WebFixture.start()
                .at("/api/transfers", status(200, "{\"files\": 1284, \"late\": 3}"))
                .at(
                    "/render/transfers.png",
                    (exchange, body) -> {
                      exchange.sendResponseHeaders(200, chart.length);
                      try (OutputStream out = exchange.getResponseBody()) {
                        out.write(chart);
                      }
                    })) {
      Path file =
          example(
              "weekly-report.yml",
              "/srv/waybill/report",
              "\"" + directory.resolve("work") + "\"",
              "https://metrics.acme.example",
              web.url(),
              "host: smtp.acme.example",
              "host: 127.0.0.1, port: " + mail.port() + ", tls: off");

      CommandLineRun run =
          run(file, "report", Map.of("GRAFANA_TOKEN", PASSWORD, "MAIL_PASSWORD", PASSWORD));

      assertThat(run.code()).as(run.out() + run.err()).isZero();
      assertThat(web.asked())
          .hasSize(2)
          .allSatisfy(
              asked -> assertThat(asked.header("Authorization")).isEqualTo("Bearer " + PASSWORD));
      assertThat(mail.accepted()).hasSize(1);
      assertThat(mail.accepted().get(0).recipientAddresses())
          .containsExactly("ops@acme.example", "treasury@acme.example");
      ParsedMail report = parsed(mail.accepted().get(0));
      assertThat(report.subject()).contains("Transfers of the week: 1284, 3 late");
      assertThat(report.html().orElseThrow())
          .contains("<p>1284 files were moved, 3 of them late.</p>", "<p>Operations</p>")
          .contains("src=\"cid:");
      assertThat(report.text().orElseThrow()).contains("1284 files were moved");
      assertThat(mail.accepted().get(0).text()).contains("Content-Type: image/png");
    }
  }

  @Test
  void theHeartbeatIsHeardOutsideAndACertificateThatEndsSoonIsAWarning() throws Exception {
    Path home = Files.createDirectories(directory.resolve("bank"));
    Files.writeString(directory.resolve("ca.pem"), HttpRequestIT.pem());
    Map<String, String> secrets = Map.of("API_KEY", "planted-key-02", "BANK_PASSWORD", PASSWORD);
    try (FtpsFixture bank = ftps(home);
        ServerSocket database = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        WebFixture tls =
            WebFixture.start(ServerCertificate.LOCALHOST.context())
                .at("/health", status(200, "fine"));
        WebFixture web =
            WebFixture.start()
                .at("/v1/status", status(200, "{\"build\": {\"version\": \"4.2\"}}"))
                .at("/ping/abc", status(200, "OK"))) {
      Path file =
          example(
              "heartbeat.yml",
              "host: ftp.bank.example, user: acme",
              atFtps(bank),
              "db.acme.example:5432",
              "127.0.0.1:" + database.getLocalPort(),
              "dns: mail.acme.example",
              "dns: localhost",
              "mail.acme.example:993",
              "localhost:" + tls.port(),
              "https://www.acme.example",
              "https://localhost:" + tls.port(),
              "https://api.acme.example",
              web.url(),
              "https://hc.acme.example",
              web.url(),
              "warn-cert-days: 21",
              "ca: ca.pem\n          warn-cert-days: 400",
              "attempts: 2, delay: 10s",
              "attempts: 1");

      CommandLineRun run = run(file, "heartbeat", secrets);

      assertThat(run.code()).as(run.out() + run.err()).isZero();
      Map<String, Object> look =
          Plain.map(Plain.maps(Json.readObject(run.out()), "steps").get(0), "outputs");
      assertThat(String.valueOf(look.get("warnings"))).contains("bank", "the certificate ends in ");
      WebFixture.Asked ping =
          web.asked().stream()
              .filter(asked -> asked.uri().equals("/ping/abc"))
              .findFirst()
              .orElseThrow();
      assertThat(ping.method()).isEqualTo("POST");
      assertThat(ping.body()).matches("heartbeat 4\\.2, slowest [0-9]+ ms");
      assertThat(run.out()).doesNotContain("planted-key-02");

      database.close();
      CommandLineRun failed = run(file, "heartbeat", secrets);
      assertThat(failed.code()).as(failed.out()).isNotZero();
      assertThat(Plain.text(Json.readObject(failed.out()), "message"))
          .contains("1 of 5 failed: ", "tcp 127.0.0.1:");
      assertThat(web.asked()).filteredOn(asked -> asked.uri().equals("/ping/abc")).hasSize(1);
    }
  }
}
