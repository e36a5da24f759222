package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.DsnRequest;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxAccounts;
import io.waybill.mail.outbox.OutboxDispatcher;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxSettings;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.mail.outbox.Resolution;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.RealServers;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.SmtpPoint;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** The outbox on PostgreSQL, where several nodes share it. */
@Timeout(120)
class OutboxPostgresRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("../scheduler/src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private final ScriptedSmtpServer server = ScriptedSmtpServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  private static Outbox outbox(String owner) {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setURL("jdbc:postgresql://127.0.0.1:" + SERVERS.port("POSTGRES") + "/postgres");
    database.setUser("postgres");
    database.setPassword(SERVERS.password());
    return Outbox.open(
        database,
        owner,
        Clock.systemUTC(),
        OutboxSettings.builder().lease(Duration.ofSeconds(1)).build());
  }

  private MailSender sender() {
    return SmtpSender.lazy(
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .security(MailSecurity.PLAINTEXT)
            .build(),
        Clock.systemUTC());
  }

  private static OutboxEntry enqueue(Outbox outbox, String account, String key) {
    Message message =
        Message.builder()
            .from("ops@example.org")
            .to("a@example.net", "b@example.net")
            .subject(key)
            .text("x".repeat(600_000)) // several rows
            .dsn(DsnRequest.of(DsnRequest.Notify.FAILURE))
            .build();
    return outbox.enqueue(
        message, EnqueueRequest.builder(key).account(account).subject(key).build());
  }

  private record One(String name, FrozenSender sender) implements OutboxAccounts {
    @Override
    public Optional<FrozenSender> sender(String account) {
      return account.equals(name) ? Optional.of(sender) : Optional.empty();
    }

    @Override
    public int connections(String account) {
      return 3;
    }
  }

  @Test
  void theFirstUnderAKeyWinsAmongMany() throws Exception {
    Outbox one = outbox("one/1");
    Outbox two = outbox("two/1");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Outbox outbox = i % 2 == 0 ? one : two;
        calls.add(() -> enqueue(outbox, "", "same key").id());
      }
      Set<String> ids = new HashSet<>();
      for (Future<String> each : threads.invokeAll(calls)) {
        ids.add(each.get());
      }
      assertThat(ids).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatWasStoredIsSentAsItWas() {
    Outbox outbox = outbox("one/1");
    OutboxEntry entry = enqueue(outbox, "", "stored");
    server.at("RCPT TO:<b@").once().reply("451 4.2.0 later");
    try (MailSender sender = sender()) {
      assertThat(outbox.deliver(entry.id(), sender).state()).isEqualTo(OutboxState.DEFERRED);
      assertThat(outbox.deliver(entry.id(), sender).state()).isEqualTo(OutboxState.SENT);
    }
    assertThat(server.accepted()).hasSize(2);
    assertThat(server.accepted())
        .allSatisfy(mail -> assertThat(mail.sizeBytes()).isEqualTo(entry.sizeBytes()));
    assertThat(server.heard()).anyMatch(line -> line.contains("NOTIFY=FAILURE"));
    assertThat(server.accepted().stream().map(ReceivedMail::text).distinct()).hasSize(1);
  }

  @Test
  void twoNodesSendEachMessageOnce() {
    Outbox one = outbox("one/1");
    Outbox two = outbox("two/1");
    List<OutboxEntry> entries = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      entries.add(enqueue(i % 2 == 0 ? one : two, "shared", "shared " + i));
    }
    try (MailSender first = sender();
        MailSender second = sender();
        OutboxDispatcher a = OutboxDispatcher.start(one, new One("shared", first));
        OutboxDispatcher b = OutboxDispatcher.start(two, new One("shared", second))) {
      for (OutboxEntry entry : entries) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> one.find(entry.id()).orElseThrow().state() == OutboxState.SENT);
      }
    }
    assertThat(server.accepted()).hasSize(60);
    assertThat(server.accepted().stream().map(ReceivedMail::text).distinct()).hasSize(60);
  }

  /** An Error stands for the end of the process: nothing of ours runs after it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void aNodeThatFellSilentIsSucceededByAnother() {
    Outbox dead = outbox("dead/1");
    OutboxEntry entry = enqueue(dead, "inherited", "inherited");
    FrozenSender fatal =
        (message, deadline, journal) -> {
          throw new Killed();
        };
    assertThatThrownBy(() -> dead.deliver(entry.id(), fatal)).isInstanceOf(Killed.class);
    Outbox heir = outbox("heir/1");
    try (MailSender sender = sender();
        OutboxDispatcher dispatcher = OutboxDispatcher.start(heir, new One("inherited", sender))) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> heir.find(entry.id()).orElseThrow().state() == OutboxState.SENT);
    }
    assertThat(heir.find(entry.id()).orElseThrow().owner()).isEqualTo("heir/1");
    assertThat(server.accepted()).hasSize(1);
  }

  @Test
  void operatorsDecideAboutWhatIsUnknown() {
    Outbox outbox = outbox("one/1");
    server.at(SmtpPoint.DOT).once().drop();
    OutboxEntry entry = enqueue(outbox, "", "unknown");
    try (MailSender sender = sender()) {
      assertThat(outbox.deliver(entry.id(), sender).state()).isEqualTo(OutboxState.UNKNOWN);
      assertThat(outbox.list(EnumSet.of(OutboxState.UNKNOWN), 100))
          .extracting(OutboxEntry::id)
          .contains(entry.id());
      assertThat(outbox.resolve(entry.id(), Resolution.RESEND).state())
          .isEqualTo(OutboxState.QUEUED);
      assertThat(outbox.deliver(entry.id(), sender).state()).isEqualTo(OutboxState.SENT);
    }
  }
}
