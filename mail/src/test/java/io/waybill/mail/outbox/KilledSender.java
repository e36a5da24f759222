package io.waybill.mail.outbox;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import io.waybill.mail.smtp.SmtpSender;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcDataSource;

/** Runs in a process of its own, goes to a phase of a delivery, says so and waits to be killed. */
final class KilledSender {
  private KilledSender() {}

  /** Arguments: database URL, SMTP port, phase. */
  public static void main(String[] args) {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(args[0]);
    String phase = args[2];
    Outbox outbox =
        Outbox.open(database, "node/" + ProcessHandle.current().pid(), Clock.systemUTC());
    Message message =
        Message.builder().from("ops@example.org").to("you@example.net").text("x").build();
    OutboxEntry entry = outbox.enqueue(message, "key");
    if (phase.equals("queued")) {
      waitToBeKilled();
    }
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(Integer.parseInt(args[1]))
            .security(MailSecurity.PLAINTEXT)
            .build();
    try (MailSender sender = SmtpSender.connect(account)) {
      outbox.deliver(entry.id(), new Stopping(sender, phase));
    }
    waitToBeKilled();
  }

  private static void waitToBeKilled() {
    System.out.println("READY");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Stopping(MailSender sender, String phase) implements MailSender {
    @Override
    public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
      if (phase.equals("sending")) {
        waitToBeKilled();
      }
      DeliveryJournal stopping =
          results -> {
            if (phase.equals("before-dot")) {
              waitToBeKilled();
            }
            journal.beforeFinalDot(results);
            if (phase.equals("at-dot")) {
              waitToBeKilled();
            }
          };
      SendReport report = sender.send(message, deadline, stopping);
      if (phase.equals("after-dot")) {
        waitToBeKilled();
      }
      return report;
    }

    @Override
    public SendReport send(Message message) {
      return sender.send(message);
    }

    @Override
    public SendReport send(Message message, Duration deadline) {
      return sender.send(message, deadline);
    }

    @Override
    public CompletableFuture<SendReport> sendAsync(Message message) {
      return sender.sendAsync(message);
    }

    @Override
    public CompletableFuture<SendReport> sendAsync(
        FrozenMessage message, Duration deadline, DeliveryJournal journal) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      sender.close();
    }
  }
}
