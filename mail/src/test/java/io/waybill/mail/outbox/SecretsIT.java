package io.waybill.mail.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.ScriptedSmtpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Base64;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SecretsIT {
  private static final String PASSWORD = "planted-Pa55word";

  /** Sends, fails and reads with every logger at its most talkative, then looks everywhere. */
  @Test
  void plantedPasswordIsInNoLogNoExceptionAndNoStore() throws Exception {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream capture = new PrintStream(written, true, UTF_8);
    PrintStream out = System.out;
    PrintStream err = System.err;
    Handler handler = new StreamHandler(capture, new SimpleFormatter());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    Level before = root.getLevel();
    root.addHandler(handler);
    root.setLevel(Level.ALL);
    System.setOut(capture);
    System.setErr(capture);
    try {
      Logger.getLogger("org.eclipse.angus.mail").finest("the most talkative");
      work(capture);
    } finally {
      System.setOut(out);
      System.setErr(err);
      handler.flush();
      root.removeHandler(handler);
      root.setLevel(before);
    }
    String all = written.toString(UTF_8);
    assertThat(all).as("the log must have been captured").contains("the most talkative");
    assertThat(all)
        .doesNotContain(PASSWORD)
        .doesNotContain(Base64.getEncoder().encodeToString(PASSWORD.getBytes(UTF_8)))
        .doesNotContain(Base64.getEncoder().encodeToString(("\0you\0" + PASSWORD).getBytes(UTF_8)));
  }

  private static void work(PrintStream capture) throws IOException, SQLException {
    GreenMail server =
        new GreenMail(
            new ServerSetup[] {
              ServerSetupTest.SMTP.dynamicPort(), ServerSetupTest.IMAP.dynamicPort()
            });
    server.start();
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    Outbox outbox = Outbox.open(database, "node/1", Clock.systemUTC());
    Message message =
        Message.builder().from("ops@example.org").to("you@example.net").text("x").build();
    try (ScriptedSmtpServer refusing = ScriptedSmtpServer.start()) {
      server.setUser("you@example.net", "you", PASSWORD);
      MailAccount good = account(server.getSmtp().getPort());
      try (MailSender sender = SmtpSender.connect(good)) {
        outbox.deliver(outbox.enqueue(message, "sent").id(), sender);
      }
      try (MailboxReader reader = MailboxReader.connect(account(server.getImap().getPort()))) {
        assertThat(reader.fetch(FetchSpec.builder().build())).hasSize(1);
      }
      refusing.user("you", "another").logins().mechanisms("LOGIN");
      MailAccount bad = account(refusing.port());
      MailException refused =
          catchThrowableOfType(MailException.class, () -> SmtpSender.connect(bad));
      assertThat(refusing.heard())
          .as("the password must have been sent")
          .contains(Base64.getEncoder().encodeToString(PASSWORD.getBytes(UTF_8)));
      refused.printStackTrace(capture);
      capture.println(good + " " + bad);
    } finally {
      server.stop();
    }
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SCRIPT")) {
      while (rows.next()) {
        capture.println(rows.getString(1));
      }
    }
  }

  private static MailAccount account(int port) {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(port)
        .security(MailSecurity.PLAINTEXT)
        .user("you")
        .password(() -> PASSWORD)
        .build();
  }
}
