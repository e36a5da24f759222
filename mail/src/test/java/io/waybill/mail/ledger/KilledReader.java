package io.waybill.mail.ledger;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;

/** Handles mail until it is killed; writes down what it handles, and how often it was told. */
final class KilledReader {
  private KilledReader() {}

  /** Arguments: database URL, IMAP port, the file to write to. */
  public static void main(String[] args) throws Exception {
    Path log = Path.of(args[2]);
    MailLedger ledger = ledger(args[0], "reader/" + ProcessHandle.current().pid());
    try (MailboxReader reader = reader(Integer.parseInt(args[1]))) {
      System.out.println("READY");
      while (true) {
        poll(reader, ledger, log);
      }
    }
  }

  static MailLedger ledger(String url, String owner) {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(url);
    return JdbcLedger.open(database, owner, Duration.ofMinutes(2), Clock.systemUTC());
  }

  static MailboxReader reader(int port) {
    return MailboxReader.lazy(
        MailAccount.builder()
            .host("127.0.0.1")
            .port(port)
            .security(MailSecurity.PLAINTEXT)
            .user("ops")
            .password(() -> "pw")
            .build(),
        Clock.systemUTC());
  }

  static void poll(MailboxReader reader, MailLedger ledger, Path log) {
    PollSpec spec =
        PollSpec.builder().from(StartFrom.ALL).after(AfterAction.moveTo("Done")).build();
    try {
      reader.poll(
          spec,
          ledger,
          (mail, ack) ->
              Files.write(
                  log,
                  List.of(mail.mail().subject() + " " + mail.deliveryAttempt()),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND));
    } catch (MailException.ConnectionLost e) {
      System.out.println(e.getMessage()); // the next poll goes on
    }
  }
}
