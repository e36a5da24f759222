package io.waybill.mail.outbox;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import io.waybill.mail.smtp.SmtpSender;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Runs in a process of its own: queues a message, sends it, says so, and waits to be killed. What
 * keeps it from getting so far is the server.
 */
final class KilledSender {
  private KilledSender() {}

  /** Arguments: database URL, SMTP port, key, and where to stop by itself: a phase's name. */
  public static void main(String[] args) throws InterruptedException {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(args[0]);
    Outbox outbox =
        Outbox.open(database, "node/" + ProcessHandle.current().pid(), Clock.systemUTC());
    Message message =
        Message.builder()
            .from("ops@example.org")
            .to("you@example.net")
            .subject(args[2])
            .text("line\n".repeat(60_000)) // more than a socket's buffers hold at once
            .build();
    OutboxEntry entry = outbox.enqueue(message, args[2]);
    System.out.println("QUEUED");
    if (args[3].equals("QUEUED")) {
      waitToBeKilled();
    }
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(Integer.parseInt(args[1]))
            .security(MailSecurity.PLAINTEXT)
            .build();
    try (MailSender sender = SmtpSender.lazy(account, Clock.systemUTC())) {
      outbox.deliver(
          entry.id(), args[3].equals("REPLY_READ") ? new StoppingAfterReply(sender) : sender);
    }
    System.out.println("SETTLED");
    waitToBeKilled();
  }

  /** Has the server's answer, and goes no further. */
  private record StoppingAfterReply(FrozenSender sender) implements FrozenSender {
    @Override
    public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
      SendReport report = sender.send(message, deadline, journal);
      System.out.println("REPLY_READ");
      try {
        waitToBeKilled();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return report;
    }
  }

  private static void waitToBeKilled() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
