package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.LedgerItem.State;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each example file whose jobs something else starts does what its comment says. */
@Timeout(180)
class TriggerExamplesIT {
  private static final String PASSWORD = "planted-trigger-91ab";
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  /** Starts an example in which texts, in pairs, are replaced; each must be there. */
  private Waybill start(String name, Map<String, String> secrets, String... replaced)
      throws IOException {
    String text = Files.readString(Path.of("examples", name));
    for (int i = 0; i < replaced.length; i += 2) {
      assertThat(text).as(name).contains(replaced[i]);
      text = text.replace(replaced[i], replaced[i + 1]);
    }
    Path file = Files.writeString(directory.resolve(name), text);
    Waybill waybill =
        Waybill.builder(JobFiles.load(List.of(file), secrets))
            .state(directory.resolve("state"))
            .open();
    waybill.start();
    return waybill;
  }

  private FtpsFixture ftps(Path home) throws Exception {
    return FtpsFixture.start(
        home, FtpsFixture.key(directory, "ftps", "SAN=ip:127.0.0.1", 0), PASSWORD);
  }

  private String atFtps(FtpsFixture server) {
    return "host: 127.0.0.1, port: %d, ca: \"%s\", user: %s"
        .formatted(server.port(), directory.resolve("ftps.pem"), FtpsFixture.USER);
  }

  private static long count(Waybill waybill, String job, State state) {
    return waybill.ledger().list(Optional.of(job), List.of(state), 100).size();
  }

  @Test
  void theFolderSendsWhatIsFinishedAndPutsItAway() throws Exception {
    Path home = directory.resolve("partner");
    Path in = Files.createDirectories(home.resolve("in"));
    Path out = Files.createDirectories(directory.resolve("out"));
    Files.writeString(out.resolve("order1.xml"), "<order/>");
    Files.writeString(out.resolve("notes.txt"), "not for them");
    Files.writeString(out.resolve("order2.xml.part"), "<ord");
    try (FtpsFixture partner = ftps(home);
        Waybill waybill =
            start(
                "watched-folder.yml",
                Map.of("PARTNER_PASSWORD", PASSWORD),
                "/srv/waybill",
                directory.toString(),
                "host: ftp.partner.example, user: acme",
                atFtps(partner),
                "settle: 10s",
                "settle: 1s")) {
      await().atMost(LONG).until(() -> count(waybill, "upload", State.DONE) == 1);
      assertThat(in.resolve("order1.xml")).hasContent("<order/>");
      assertThat(out.resolve("order1.xml")).doesNotExist();
      Files.move(out.resolve("order2.xml.part"), out.resolve("order2.xml"));
      await().atMost(LONG).until(() -> count(waybill, "upload", State.DONE) == 2);
      assertThat(in.resolve("order2.xml")).exists();
      try (var sent = Files.walk(directory.resolve("sent"))) {
        assertThat(sent.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("order1.xml", "order2.xml");
      }
      assertThat(out.resolve("notes.txt")).exists();
    }
  }

  @Test
  void theMailboxFillsTheWarehouse() throws Exception {
    try (MailboxJob mail = new MailboxJob(directory);
        Sandbox sandbox = Sandbox.start(directory.resolve("ftp"), directory.resolve("hub"))) {
      mail.deliver(
          MailboxJob.message("Invoice 17", "a.pdf=first", "b.txt=no invoice")
              .replace("ada@partner.example", "ada@supplier.example"));
      mail.deliver(MailboxJob.message("Not of a supplier", "c.pdf=second"));
      try (Waybill waybill =
          start(
              "mailbox-to-warehouse.yml",
              Map.of("MAIL_PASSWORD", "pw", "HUB_KEY", sandbox.chunkLogin().password()),
              "/srv/waybill",
              directory.toString(),
              "host: imap.acme.example",
              "host: 127.0.0.1, tls: off, port: " + mail.imapPort(),
              "host: hub.acme.example, user: acme",
              "host: 127.0.0.1, tls: off, user: demo, port: " + sandbox.chunkPort())) {
        await().atMost(LONG).until(() -> count(waybill, "invoices", State.DONE) == 1);
        assertThat(mail.filesIn("invoices")).containsExactly("20260131-a.pdf");
        assertThat(directory.resolve("hub/invoices/20260131-a.pdf")).exists();
        assertThat(mail.subjects("Processed")).containsExactly("Invoice 17");
        assertThat(mail.subjects("INBOX")).containsExactly("Not of a supplier");

        Files.delete(directory.resolve("hub/invoices/20260131-a.pdf"));
        Files.delete(directory.resolve("hub/invoices"));
        Files.writeString(directory.resolve("hub/invoices"), "in the way");
        mail.deliver(
            MailboxJob.message("Invoice 18", "d.pdf=third")
                .replace("ada@partner.example", "ada@supplier.example"));
        await().atMost(LONG).until(() -> mail.has("Failed"));
        await().atMost(LONG).until(() -> mail.subjects("Failed").equals(List.of("Invoice 18")));
        await().atMost(LONG).until(() -> count(waybill, "invoices", State.FAILED) == 1);
      }
    }
  }

  @Test
  void theChainGoesOnWhereAnotherJobHasEnded() throws Exception {
    Path home = directory.resolve("partner");
    Path out = Files.createDirectories(home.resolve("out"));
    Files.writeString(out.resolve("orders.csv"), "1;17\n");
    Path orders = directory.resolve("orders");
    try (FtpsFixture partner = ftps(home);
        ScriptedSmtpServer mail = ScriptedSmtpServer.start().user("robot", PASSWORD);
        Waybill waybill =
            start(
                "job-chain.yml",
                Map.of("PARTNER_PASSWORD", PASSWORD, "MAIL_PASSWORD", PASSWORD),
                "/srv/waybill",
                directory.toString(),
                "host: ftp.partner.example, user: acme",
                atFtps(partner),
                "host: smtp.acme.example",
                "host: 127.0.0.1, tls: off, port: " + mail.port(),
                "/usr/local/bin/check-orders, " + directory + "/orders",
                "cat, orders.csv",
                "attempts: 5, delay: 1m",
                "attempts: 1, delay: 1m")) {
      waybill.trigger("fetch", Map.of());
      await()
          .atMost(LONG)
          .until(
              () ->
                  waybill.runs(10).stream()
                      .anyMatch(run -> run.job().equals("tell") && run.state().isFinished()));
      // the program looked in a directory that has no orders
      ParsedMail first = parsed(mail, 0);
      assertThat(first.subject()).startsWith("check of ").endsWith(" failed");
      assertThat(orders.resolve("orders.csv")).exists();

      Files.delete(out.resolve("orders.csv"));
      waybill.trigger("fetch", Map.of());
      await().atMost(LONG).until(() -> mail.accepted().size() == 2);
      assertThat(parsed(mail, 1).subject()).startsWith("fetch of ").endsWith(" failed");
      assertThat(parsed(mail, 1).text().orElseThrow()).contains("at least 1");
    }
  }

  private static ParsedMail parsed(ScriptedSmtpServer server, int index) throws IOException {
    return MimeReader.read(
        new ByteArrayInputStream(server.accepted().get(index).content()), MimeLimits.defaults());
  }
}
