package io.waybill.mail.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.ScriptedSmtpServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboxKillIT {
  /**
   * Phase of the kill, state after recovery, and how often the server has the message in the end.
   */
  @ParameterizedTest
  @CsvSource({
    "queued, QUEUED, 1",
    "sending, QUEUED, 1",
    "before-dot, QUEUED, 1",
    "at-dot, UNKNOWN, 0",
    "after-dot, UNKNOWN, 1",
    "settled, SENT, 1"
  })
  @Timeout(90)
  void killedProcessLosesAndDoublesNothing(
      String phase, OutboxState recovered, int delivered, @TempDir Path folder) throws Exception {
    String url = "jdbc:h2:file:" + folder.resolve("store") + ";WRITE_DELAY=0";
    try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
      runAndKill(url, server.port(), phase);

      JdbcDataSource database = new JdbcDataSource();
      database.setURL(url);
      Outbox outbox = Outbox.open(database, "node/reborn", Clock.systemUTC());
      outbox.recover();
      OutboxEntry entry = outbox.findByKey("key").orElseThrow();
      assertThat(entry.state()).isEqualTo(recovered);

      MailAccount account =
          MailAccount.builder()
              .host("127.0.0.1")
              .port(server.port())
              .security(MailSecurity.PLAINTEXT)
              .build();
      try (MailSender sender = SmtpSender.connect(account)) {
        outbox.deliver(entry.id(), sender);
      }
      assertThat(server.messages()).hasSize(delivered);
    }
  }

  private static void runAndKill(String url, int port, String phase) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledSender.class.getName(),
                url,
                Integer.toString(port),
                phase));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> output = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
        if (line.equals("READY")) {
          break;
        }
      }
      assertThat(output).as("output of the killed process").contains("READY");
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
