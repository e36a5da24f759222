import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.imap.MailboxWatcher;
import io.waybill.mail.imap.WatchSettings;
import io.waybill.mail.imap.WatcherHealth;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Watches mailboxes, as {@link Talk} says.
 *
 * <pre>
 *   watch HOST PORT COUNT     INBOX of users watch0, watch1, ...; answered when all are in IDLE
 *   arrived COUNT             answered when so many messages were handled since this was asked last
 *   close
 * </pre>
 */
final class Watchers {
  private static final List<MailboxWatcher> WATCHERS = new ArrayList<>();
  private static final Semaphore HANDLED = new Semaphore(0);

  private Watchers() {}

  public static void main(String[] args) throws Exception {
    Talk.with(line -> run(line.split(" ")));
  }

  private static void run(String[] words) throws Exception {
    switch (words[0]) {
      case "watch" -> {
        MemoryLedger ledger = new MemoryLedger(Clock.systemUTC());
        for (int i = 0; i < Integer.parseInt(words[3]); i++) {
          WATCHERS.add(
              MailboxWatcher.start(
                  MailAccount.builder()
                      .host(words[1])
                      .port(Integer.parseInt(words[2]))
                      .security(MailSecurity.PLAINTEXT)
                      .user("watch" + i)
                      .password(() -> Reading.PASSWORD)
                      .build(),
                  PollSpec.builder().build(),
                  ledger,
                  (mail, ack) -> {
                    if (mail.mail().text().isPresent()) {
                      HANDLED.release();
                    }
                  },
                  WatchSettings.defaults(),
                  Clock.systemUTC(),
                  new Random()));
        }
        for (MailboxWatcher watcher : WATCHERS) {
          while (watcher.health().state() != WatcherHealth.State.IDLE) {
            Thread.sleep(10);
          }
        }
      }
      case "arrived" -> {
        if (!HANDLED.tryAcquire(Integer.parseInt(words[1]), 120, TimeUnit.SECONDS)) {
          throw new IllegalStateException(HANDLED.availablePermits() + " came in two minutes");
        }
      }
      default -> WATCHERS.forEach(MailboxWatcher::close);
    }
  }
}
