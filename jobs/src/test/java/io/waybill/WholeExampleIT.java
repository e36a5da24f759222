package io.waybill;

import static io.waybill.WebFixture.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.LedgerItem.State;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.mail.Attachment;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.scheduler.RunState;
import io.waybill.testkit.ServerCertificate;
import jakarta.mail.Folder;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jobs of the file in which the whole language is, with its hosts here. */
@Timeout(120)
class WholeExampleIT {
  private static final String PASSWORD = "planted-whole-5b20";

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Map<String, String> ENVIRONMENT =
      Map.of("BANK_FTP_PASSWORD", PASSWORD, "PAGER_WEBHOOK_URL", "https://pager.example/hook");

  @TempDir Path directory;

  @Test
  void statementsAreFetchedAndReportedAndTheHeartIsHeard() throws Exception {
    Path bankHome = Files.createDirectories(directory.resolve("bank"));
    Path out = Files.createDirectories(bankHome.resolve("out"));
    Path statement = Files.writeString(out.resolve("STMT_20260131_1.csv"), "1;17\n");
    Files.writeString(
        out.resolve("STMT_20260131_1.csv.sha256"),
        SpineFixture.sha256(statement) + "  STMT_20260131_1.csv\n");
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"));
        FtpsFixture bank =
            FtpsFixture.start(
                bankHome, FtpsFixture.key(directory, "ftps", "SAN=ip:127.0.0.1", 0), PASSWORD);
        WebFixture pulse =
            WebFixture.start(ServerCertificate.LOCALHOST.context())
                .at("/ping/abc", status(200, "OK"))) {
      Path file = pointedAt(sandbox, bank, pulse);

      CommandLineRun pulled = run(file, "bank-statements", "-p", "day=2026-01-31");
      assertThat(pulled.code()).as(pulled.out() + pulled.err()).isZero();
      assertThat(directory.resolve("in/bank/2026-01-31/STMT_20260131_1.csv")).hasContent("1;17\n");
      assertThat(out.resolve("done/STMT_20260131_1.csv")).hasContent("1;17\n");
      assertThat(pulled.out()).contains("Statements 2026-01-31: 1 files");

      CommandLineRun late = run(file, "bank-statements", "-p", "day=2026-02-01");
      assertThat(late.code()).as(late.out() + late.err()).isNotZero();
      assertThat(late.out()).contains("Statements 2026-02-01 LATE");

      CommandLineRun beat = run(file, "heartbeat");
      assertThat(beat.code()).as(beat.out() + beat.err()).isZero();
      assertThat(pulse.asked()).hasSize(1);
      assertThat(pulse.asked().get(0).body()).contains("heartbeat");
    }
  }

  @Test
  void whatArrivesIsTakenInAndWhatIsPutOutIsSent() throws Exception {
    Path bankHome = Files.createDirectories(directory.resolve("bank"));
    Files.createDirectories(bankHome.resolve("in"));
    Path outgoing = Files.createDirectories(directory.resolve("out"));
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"));
        FtpsFixture bank =
            FtpsFixture.start(
                bankHome, FtpsFixture.key(directory, "ftps", "SAN=ip:127.0.0.1", 0), PASSWORD);
        WebFixture pulse =
            WebFixture.start(ServerCertificate.LOCALHOST.context())
                .at("/ping/abc", status(200, "OK"))) {
      Path file = pointedAt(sandbox, bank, pulse);
      create(sandbox, "Processed");
      try (Waybill waybill =
          Waybill.builder(JobFiles.load(List.of(file), ENVIRONMENT))
              .state(directory.resolve("state"))
              .open()) {
        waybill.start();
        Files.writeString(outgoing.resolve("order.xml"), "<order/>");
        // what comes from now on counts: the folder was looked at before
        await().atMost(LONG).until(() -> waybill.ledger().sources().size() == 2);
        Thread.sleep(2_000);
        send(sandbox, "Your INVOICE 17", "17.pdf");
        send(sandbox, "Greetings", "18.pdf");

        await().atMost(LONG).until(() -> isDone(waybill, "invoice-intake"));
        assertThat(directory.resolve("hub/invoices"))
            .isDirectoryContaining(saved -> saved.getFileName().toString().endsWith("-17.pdf"));
        await().atMost(LONG).until(() -> isDone(waybill, "outbox-upload"));
        assertThat(bankHome.resolve("in/order.xml")).hasContent("<order/>");
        assertThat(outgoing.resolve("order.xml")).doesNotExist();
      }
    }
  }

  private static boolean isDone(Waybill waybill, String job) {
    return waybill.ledger().list(Optional.of(job), List.of(State.values()), 10).stream()
            .map(item -> item.standing().state())
            .toList()
            .equals(List.of(State.DONE))
        && waybill.runs(20).stream()
            .anyMatch(run -> run.job().equals(job) && run.state() == RunState.SUCCEEDED);
  }

  private static void create(Sandbox sandbox, String folder) throws Exception {
    try (Store store = Session.getInstance(new Properties()).getStore("imap")) {
      store.connect(
          "127.0.0.1",
          sandbox.imapPort(),
          sandbox.mailLogin().user(),
          sandbox.mailLogin().password());
      assertThat(store.getFolder(folder).create(Folder.HOLDS_MESSAGES)).isTrue();
    }
  }

  private static void send(Sandbox sandbox, String subject, String attachment) throws Exception {
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(sandbox.smtpPort())
            .security(MailSecurity.PLAINTEXT)
            .user(sandbox.mailLogin().user())
            .password(() -> sandbox.mailLogin().password())
            .build();
    try (MailSender sender = SmtpSender.connect(account)) {
      sender.send(
          Message.builder()
              .from("billing@supplier.example")
              .to(sandbox.mailAddress())
              .subject(subject)
              .text("Attached.")
              .attach(Attachment.of(attachment, "application/pdf", new byte[] {37, 80, 68, 70}))
              .build());
    }
  }

  private CommandLineRun run(Path file, String job, String... parameter) {
    Map<String, String> environment = new LinkedHashMap<>(ENVIRONMENT);
    environment.put("WAYBILL_STATE", directory.resolve("state").toString());
    String[] line = new String[6 + parameter.length];
    System.arraycopy(new String[] {"run", job, "-c", file.toString(), "-o", "json"}, 0, line, 0, 6);
    System.arraycopy(parameter, 0, line, 6, parameter.length);
    return CommandLineRun.of(environment, line);
  }

  private Path pointedAt(Sandbox sandbox, FtpsFixture bank, WebFixture pulse) throws Exception {
    Map<String, String> here = new LinkedHashMap<>();
    here.put("/srv/waybill/", directory + "/");
    here.put(
        "host: ftp.bank.example",
        "host: 127.0.0.1\n    port: %d\n    ca: \"%s\""
            .formatted(bank.port(), directory.resolve("ftps.pem")));
    here.put("user: acme\n    password", "user: " + FtpsFixture.USER + "\n    password");
    here.put(
        "host: imap.acme.example\n    tls: implicit\n    user: intake@acme.example",
        plain(sandbox.imapPort()));
    here.put(
        "host: smtp.acme.example\n    tls: starttls\n    user: robot", plain(sandbox.smtpPort()));
    here.put("host: hub.acme.example\n    port: 7400\n    user: acme", plain(sandbox.chunkPort()));
    here.put("pin: \"sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"", "");
    here.put("/run/secrets/imap_pass", secret("imap", sandbox.mailLogin().password()));
    here.put("/run/secrets/smtp_pass", secret("smtp", sandbox.mailLogin().password()));
    here.put(
        "command: [pass, show, waybill/hub]",
        "command: [cat, \"" + secret("hub.key", sandbox.chunkLogin().password()) + "\"]");
    here.put(
        "url: \"https://hc.example/ping/abc\"",
        "ca: \"%s\", url: \"https://localhost:%d/ping/abc\""
            .formatted(secret("ca.pem", HttpRequestIT.pem()), pulse.port()));
    here.put("retry: { attempts: 5", "retry: { attempts: 1");
    Path source =
        Path.of(
            Objects.requireNonNull(
                    WholeExampleIT.class.getResource("jobs/config/example/example.waybill.yml"))
                .toURI());
    String text = Files.readString(source);
    for (Map.Entry<String, String> each : here.entrySet()) {
      assertThat(text).contains(each.getKey());
      text = text.replace(each.getKey(), each.getValue());
    }
    for (String beside : new String[] {"calendars/target2.ics", "templates/statements.html"}) {
      Path copy = directory.resolve(beside);
      Files.createDirectories(copy.getParent());
      Files.copy(source.resolveSibling(beside), copy);
    }
    return Files.writeString(directory.resolve("example.waybill.yml"), text);
  }

  private static String plain(int port) {
    return "host: 127.0.0.1\n    port: %d\n    tls: off\n    user: demo".formatted(port);
  }

  private String secret(String name, String value) throws IOException {
    return Files.writeString(directory.resolve(name), value).toString();
  }
}
