package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.LedgerEntry.State;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailLedger.Hold;
import io.waybill.mail.inbox.MailboxKey;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.ledger.JdbcLedger;
import io.waybill.testkit.RealServers;
import io.waybill.testkit.ScriptedImapServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** The ledger of incoming mail on PostgreSQL, where several nodes share it. */
@Timeout(120)
class LedgerPostgresRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("../scheduler/src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private static MailLedger ledger(String owner) {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setURL("jdbc:postgresql://127.0.0.1:" + SERVERS.port("POSTGRES") + "/postgres");
    database.setUser("postgres");
    database.setPassword(SERVERS.password());
    return JdbcLedger.open(database, owner, Duration.ofSeconds(3), Clock.systemUTC());
  }

  private static MailboxReader reader(int port) {
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

  @Test
  void noMessageIsHandledByTwoNodes() throws Exception {
    List<String> handled = new CopyOnWriteArrayList<>();
    try (ScriptedImapServer server = ScriptedImapServer.start().user("ops", "pw")) {
      server.folder("Done");
      PollSpec spec =
          PollSpec.builder().from(StartFrom.ALL).after(AfterAction.moveTo("Done")).build();
      ExecutorService nodes = Executors.newFixedThreadPool(3);
      try {
        List<Future<?>> polls = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
          MailLedger ledger = ledger("node" + n + "/1");
          polls.add(
              nodes.submit(
                  () -> {
                    try (MailboxReader reader = reader(server.port())) {
                      while (handled.size() < 60) {
                        reader.poll(
                            spec, ledger, (mail, ack) -> handled.add(mail.mail().subject()));
                      }
                    }
                  }));
        }
        for (int i = 0; i < 60; i++) {
          server.folder("INBOX").add("Message-ID: <" + i + "@x>", "Subject: m" + i, "", "x");
        }
        for (Future<?> poll : polls) {
          poll.get();
        }
      } finally {
        nodes.shutdownNow();
      }
      assertThat(handled).hasSize(60).doesNotHaveDuplicates();
      MailboxKey key = new MailboxKey("ops@127.0.0.1:" + server.port(), "INBOX");
      assertThat(ledger("look/1").entries(key, State.DONE, 100)).hasSize(60);
    }
  }

  @Test
  void aFrozenNodesFolderIsTakenOverAndItsWordCountsNoMore() {
    MailboxKey key = new MailboxKey("frozen@mail", "INBOX");
    MailLedger dead = ledger("a/1");
    Hold frozen = dead.hold(key).orElseThrow();
    assertThat(ledger("b/1").hold(key)).isEmpty();
    try (Hold later = ledger("a/2").hold(key).orElseThrow()) {
      assertThatExceptionOfType(MailException.LeaseLost.class).isThrownBy(() -> frozen.advance(9));
      assertThat(later.checkpoint()).isEmpty();
    }
    frozen.close();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ledger("b/1").hold(key).map(hold -> closed(hold)).orElse(false));
  }

  private static boolean closed(Hold hold) {
    hold.close();
    return true;
  }
}
