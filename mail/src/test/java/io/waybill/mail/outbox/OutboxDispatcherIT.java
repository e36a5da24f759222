package io.waybill.mail.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.SendReport;
import io.waybill.mail.UnknownPolicy;
import io.waybill.testkit.SettableClock;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OutboxDispatcherIT {
  private final SettableClock clock = SettableClock.at(Instant.parse("2026-11-20T09:00:00Z"));
  private final ScriptedSender server = new ScriptedSender();
  private final List<OutboxDispatcher> dispatchers = new ArrayList<>();
  private JdbcDataSource database;

  @BeforeEach
  void openDatabase() {
    database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  @AfterEach
  void stop() throws Exception {
    dispatchers.forEach(OutboxDispatcher::close);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    }
  }

  private Outbox outbox(String owner, OutboxSettings settings) {
    return Outbox.open(database, owner, clock, settings);
  }

  private Outbox outbox() {
    return outbox("node/1", hasty().build());
  }

  /** Looks around often. */
  private static OutboxSettings.Builder hasty() {
    return OutboxSettings.builder().lease(Duration.ofSeconds(1));
  }

  private OutboxDispatcher dispatch(Outbox outbox) {
    return dispatch(outbox, new Accounts(server, false));
  }

  private OutboxDispatcher dispatch(Outbox outbox, OutboxAccounts accounts) {
    OutboxDispatcher dispatcher = OutboxDispatcher.start(outbox, accounts);
    dispatchers.add(dispatcher);
    return dispatcher;
  }

  private record Accounts(FrozenSender sender, boolean isFound) implements OutboxAccounts {
    @Override
    public Optional<FrozenSender> sender(String account) {
      return account.equals("outgoing") ? Optional.of(sender) : Optional.empty();
    }

    @Override
    public int connections(String account) {
      return 4;
    }

    @Override
    public boolean isInSentFolder(String account, String messageId) {
      return isFound;
    }
  }

  private static OutboxEntry enqueue(Outbox outbox, String key) {
    Message message =
        Message.builder()
            .from("ops@example.org")
            .to("a@example.net")
            .subject(key)
            .text("x")
            .build();
    return outbox.enqueue(
        message, EnqueueRequest.builder(key).account("outgoing").subject(key).build());
  }

  private static void awaitState(Outbox outbox, OutboxEntry entry, OutboxState state) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> outbox.find(entry.id()).orElseThrow().state() == state);
  }

  @Test
  void sendsWhatIsEnqueued() {
    Outbox outbox = outbox();
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.SENT);
    assertThat(server.dots).containsExactly(entry.messageId());
  }

  @Test
  void anAnswerIsKeptUntilTheDatabaseIsBack() {
    AtomicBoolean isAway = new AtomicBoolean();
    DataSource fragile =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  if (isAway.get()) {
                    throw new SQLException("the database is away", "08006");
                  }
                  return method.invoke(database, arguments);
                });
    Outbox outbox = Outbox.open(fragile, "node/1", clock, hasty().build());
    OutboxEntry entry = enqueue(outbox, "k");
    AtomicInteger answers = new AtomicInteger();
    FrozenSender sender =
        (message, deadline, journal) -> {
          SendReport report = server.send(message, deadline, journal);
          isAway.set(true); // after the dot, before the answer is on record
          answers.incrementAndGet();
          return report;
        };
    dispatch(outbox, new Accounts(sender, false));
    await().until(() -> answers.get() == 1);
    await().during(Duration.ofSeconds(2)).until(isAway::get);
    isAway.set(false);
    awaitState(outbox, entry, OutboxState.SENT);
    assertThat(server.dots).containsExactly(entry.messageId());
  }

  @Test
  void sendsEachOfTenOnceWhenTheServerIsBack() {
    Outbox outbox = outbox();
    AtomicInteger knocks = new AtomicInteger();
    server.trouble =
        () -> {
          knocks.incrementAndGet();
          return new MailException.ConnectFailed("mail:587", new ConnectException("refused"));
        };
    dispatch(outbox);
    List<OutboxEntry> ten = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ten.add(enqueue(outbox, "k" + i));
    }
    await().until(() -> knocks.get() > 0);
    await().until(() -> outbox.list(EnumSet.of(OutboxState.QUEUED), 100).size() == 10);
    int before = knocks.get();
    assertThat(before).isLessThanOrEqualTo(4); // one for each worker, not one for each message
    assertThat(outbox.list(EnumSet.of(OutboxState.QUEUED), 100))
        .anySatisfy(entry -> assertThat(entry.lastError().orElse("")).contains("mail:587"));

    server.trouble = () -> null;
    clock.advance(Duration.ofMinutes(1));
    ten.forEach(entry -> awaitState(outbox, entry, OutboxState.SENT));
    assertThat(server.dots).doesNotHaveDuplicates().hasSize(10);
  }

  @Test
  void anOperatorNeedNotWaitForTheRestToEnd() {
    Outbox outbox = outbox();
    server.trouble =
        () -> new MailException.ConnectFailed("mail:587", new ConnectException("refused"));
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> outbox.find(entry.id()).orElseThrow().lastError().isPresent());
    server.trouble = () -> null;
    // The clock stands still, so that the account's rest would never end.
    outbox.retry(entry.id());
    awaitState(outbox, entry, OutboxState.SENT);
  }

  @Test
  void comesBackToADeferredRecipientWhenTheScheduleSaysSo() {
    Outbox outbox = outbox();
    server.answers = address -> Status.DEFERRED;
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.DEFERRED);
    assertThat(outbox.find(entry.id()).orElseThrow().nextAttemptAt())
        .contains(clock.instant().plus(Duration.ofMinutes(5)));
    server.answers = address -> Status.ACCEPTED;
    clock.advance(Duration.ofMinutes(5));
    awaitState(outbox, entry, OutboxState.SENT);
  }

  @Test
  void waitsAsLongAsTheServerAsks() {
    Outbox outbox = outbox();
    server.answers = address -> Status.DEFERRED;
    server.deferral = "4.7.1 Greylisted, try again in 40 minutes";
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.DEFERRED);
    assertThat(outbox.find(entry.id()).orElseThrow().nextAttemptAt())
        .contains(clock.instant().plus(Duration.ofMinutes(40)));
  }

  @Test
  void givesUpWhenTheTimeIsUpAndAnOperatorCanTryAgain() {
    Outbox outbox = outbox();
    server.answers = address -> Status.DEFERRED;
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.DEFERRED);
    clock.advance(Duration.ofHours(24));
    awaitState(outbox, entry, OutboxState.EXPIRED);
    assertThat(outbox.find(entry.id()).orElseThrow().lastError().orElse(""))
        .contains("attempt", "4.3.0 later");
    server.answers = address -> Status.ACCEPTED;
    outbox.retry(entry.id());
    awaitState(outbox, entry, OutboxState.SENT);
  }

  @Test
  void anEntryThatCannotBeReadDoesNotHoldUpTheOthers() throws Exception {
    Outbox outbox = outbox();
    OutboxEntry broken = enqueue(outbox, "broken");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM wb_mail_outbox_chunk");
    }
    OutboxEntry fine = enqueue(outbox, "fine");
    dispatch(outbox);
    awaitState(outbox, fine, OutboxState.SENT);
    await().until(() -> outbox.find(broken.id()).orElseThrow().state() == OutboxState.QUEUED);
    OutboxEntry kept = outbox.find(broken.id()).orElseThrow();
    assertThat(kept.lastError().orElse("")).contains("missing");
    assertThat(kept.nextAttemptAt().orElseThrow()).isAfter(clock.instant());
  }

  @Test
  void twoNodesSendEachMessageOnce() {
    Outbox one = outbox("one/1", hasty().build());
    Outbox two = outbox("two/1", hasty().build());
    List<OutboxEntry> entries = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      entries.add(enqueue(one, "k" + i));
    }
    dispatch(one);
    dispatch(two);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> one.list(EnumSet.of(OutboxState.SENT), 1000).size() == entries.size());
    assertThat(server.dots).doesNotHaveDuplicates().hasSize(200);
    Set<String> owners = new HashSet<>();
    one.list(EnumSet.of(OutboxState.SENT), 1000).forEach(entry -> owners.add(entry.owner()));
    assertThat(owners).isSubsetOf("one/1", "two/1");
  }

  @Test
  void takesOverFromANodeThatFellSilentAndLeavesALivingOneAlone() {
    OutboxSettings hasty = hasty().build();
    Outbox dead = outbox("dead/1", hasty);
    OutboxEntry entry = enqueue(dead, "k");
    // Claimed by a process that was killed before the dot.
    dead.store().claim(entry, "dead/1", clock.instant());
    Outbox living = outbox("living/1", hasty);
    OutboxEntry held = enqueue(living, "held");
    OutboxEntry claim = living.store().claim(held, "living/1", clock.instant());
    living.leases().keep(claim);

    Outbox other = outbox("other/1", hasty);
    dispatch(other);
    awaitState(other, entry, OutboxState.SENT);
    assertThat(other.find(held.id()).orElseThrow().owner()).isEqualTo("living/1");
    assertThat(server.dots).containsExactly(entry.messageId());
    living.leases().release(claim);
  }

  @Test
  void anUnknownFateIsLeftToAPerson() {
    Outbox outbox = outbox();
    server.answers = address -> Status.UNKNOWN;
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.UNKNOWN);
    clock.advance(Duration.ofDays(2));
    OutboxEntry next = enqueue(outbox, "next");
    awaitState(outbox, next, OutboxState.UNKNOWN);
    assertThat(server.dots).containsExactly(entry.messageId(), next.messageId());
  }

  @Test
  void anUnknownFateIsLookedUpWhereThatWasChosen() {
    Outbox outbox = outbox("node/1", hasty().unknown(UnknownPolicy.LOOK_THEN_RESEND).build());
    server.answers = address -> Status.UNKNOWN;
    dispatch(outbox, new Accounts(server, true));
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.SENT);
    assertThat(server.dots).containsExactly(entry.messageId());
  }

  @Test
  void aCopyProvesNothingAboutWhoGotItInAnotherTransaction() {
    Outbox outbox = outbox("node/1", hasty().unknown(UnknownPolicy.LOOK_THEN_RESEND).build());
    server.answers =
        address -> address.address().startsWith("a@") ? Status.ACCEPTED : Status.UNKNOWN;
    AtomicInteger looks = new AtomicInteger();
    OutboxAccounts accounts = new Accounts(server, true);
    dispatch(
        outbox,
        new OutboxAccounts() {
          @Override
          public Optional<FrozenSender> sender(String account) {
            return accounts.sender(account);
          }

          @Override
          public int connections(String account) {
            return accounts.connections(account);
          }

          @Override
          public boolean isInSentFolder(String account, String messageId) {
            looks.incrementAndGet();
            return true;
          }
        });
    OutboxEntry entry =
        outbox.enqueue(
            Message.builder()
                .from("ops@example.org")
                .to("a@example.net", "b@example.net")
                .text("x")
                .build(),
            EnqueueRequest.builder("k").account("outgoing").build());
    awaitState(outbox, entry, OutboxState.UNKNOWN);
    await()
        .during(Duration.ofSeconds(2))
        .until(() -> outbox.find(entry.id()).orElseThrow().state() == OutboxState.UNKNOWN);
    assertThat(looks).hasValue(0);
  }

  @Test
  void anOperatorWhoHasItTriedAgainIsBelievedToHaveMendedTheLogin() {
    Outbox outbox = outbox();
    AtomicInteger forgiven = new AtomicInteger();
    server.trouble =
        () -> new MailException.AuthenticationFailed("mail:587", "ops", "535 no", false, null);
    FrozenSender sender =
        new FrozenSender() {
          @Override
          public SendReport send(
              FrozenMessage message, Duration deadline, DeliveryJournal journal) {
            return server.send(message, deadline, journal);
          }

          @Override
          public void forgive() {
            forgiven.incrementAndGet();
            server.trouble = () -> null;
          }
        };
    dispatch(outbox, new Accounts(sender, false));
    OutboxEntry entry = enqueue(outbox, "k");
    await().until(() -> outbox.find(entry.id()).orElseThrow().lastError().isPresent());
    await().until(() -> outbox.find(entry.id()).orElseThrow().state() == OutboxState.QUEUED);
    outbox.retry(entry.id());
    awaitState(outbox, entry, OutboxState.SENT);
    assertThat(forgiven).hasValue(1);
  }

  @Test
  void anUnknownFateIsSentAgainUnderTheSameMessageIdWhereThatWasChosen() {
    Outbox outbox = outbox("node/1", hasty().unknown(UnknownPolicy.RESEND).build());
    AtomicInteger times = new AtomicInteger();
    server.answers = address -> times.incrementAndGet() > 1 ? Status.ACCEPTED : Status.UNKNOWN;
    dispatch(outbox);
    OutboxEntry entry = enqueue(outbox, "k");
    awaitState(outbox, entry, OutboxState.SENT);
    assertThat(server.dots).containsExactly(entry.messageId(), entry.messageId());
  }

  @Test
  void whatACallerMeansToDeliverIsLeftToHimForAWhile() {
    Outbox outbox = outbox();
    dispatch(outbox);
    OutboxEntry own =
        outbox.enqueue(
            Message.builder().from("ops@example.org").to("a@example.net").text("x").build(),
            EnqueueRequest.builder("own")
                .account("outgoing")
                .backgroundAfter(Duration.ofSeconds(30))
                .build());
    awaitState(outbox, enqueue(outbox, "other"), OutboxState.SENT);
    assertThat(outbox.find(own.id()).orElseThrow().state()).isEqualTo(OutboxState.QUEUED);
    clock.advance(Duration.ofSeconds(30));
    awaitState(outbox, own, OutboxState.SENT);
  }

  @Test
  void stoppedItHasNothingInItsHands() {
    Outbox outbox = outbox();
    for (int i = 0; i < 50; i++) {
      enqueue(outbox, "k" + i);
    }
    dispatch(outbox).close();
    assertThat(outbox.list(EnumSet.of(OutboxState.SENDING), 100)).isEmpty();
    int sent = outbox.list(EnumSet.of(OutboxState.SENT), 100).size();
    assertThat(server.dots).hasSize(sent);
    assertThat(outbox.list(EnumSet.of(OutboxState.QUEUED), 100)).hasSize(50 - sent);
  }

  @Test
  void whatNoAccountIsKnownForWaits() {
    Outbox outbox = outbox();
    OutboxEntry stranger =
        outbox.enqueue(
            Message.builder().from("ops@example.org").to("a@example.net").text("x").build(),
            EnqueueRequest.builder("stranger").account("gone").build());
    dispatch(outbox);
    awaitState(outbox, enqueue(outbox, "k"), OutboxState.SENT);
    assertThat(outbox.find(stranger.id()).orElseThrow().state()).isEqualTo(OutboxState.QUEUED);
  }
}
