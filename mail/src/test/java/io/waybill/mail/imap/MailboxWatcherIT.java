package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.imap.WatcherHealth.State;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFolder;
import io.waybill.testkit.ScriptedImapServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(Leaks.class)
class MailboxWatcherIT {
  private static final Duration HANG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  private final ScriptedImapServer server = ScriptedImapServer.start().user("ops", "pw");
  private final ScriptedFolder inbox = server.folder("INBOX");
  private final MailLedger ledger = new MemoryLedger(Clock.systemUTC());
  private final List<String> handled = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    server.close();
  }

  private MailAccount.Builder account() {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(server.port())
        .security(MailSecurity.PLAINTEXT)
        .user("ops")
        .password(() -> "pw");
  }

  private static WatchSettings quick() {
    return WatchSettings.defaults()
        .withPauses(Duration.ofMillis(10), Duration.ofMillis(50))
        .withPoll(Duration.ofMinutes(10), Duration.ofMillis(50));
  }

  private MailboxWatcher watch(WatchSettings settings) {
    return watch(settings, account().build(), (mail, ack) -> handled.add(mail.mail().subject()));
  }

  private MailboxWatcher watch(
      WatchSettings settings, MailAccount account, InboundHandler handler) {
    return MailboxWatcher.start(
        account,
        PollSpec.builder().from(StartFrom.ALL).build(),
        ledger,
        handler,
        settings,
        Clock.systemUTC(),
        new Random(5));
  }

  private void add(String subject) {
    inbox.add("Message-ID: <" + subject + "@x.example>", "Subject: " + subject, "", "text");
  }

  private static void awaitState(MailboxWatcher watcher, State state) {
    await().atMost(HANG).until(() -> watcher.health().state() == state);
  }

  private void awaitHandled(String... subjects) {
    await().atMost(HANG).untilAsserted(() -> assertThat(handled).containsExactly(subjects));
  }

  @Test
  void mailIsHandledWhenTheServerTellsOfIt() {
    try (MailboxWatcher watcher = watch(quick())) {
      awaitState(watcher, State.IDLE);
      add("one");
      awaitHandled("one");
      awaitState(watcher, State.IDLE);
      add("two");
      awaitHandled("one", "two");
      assertThat(watcher.health().lastProofOfLife()).isPresent();
      assertThat(watcher.health().failures()).isZero();
    }
    assertThat(server.heard()).contains("IDLE", "DONE");
  }

  @Test
  void mailThatComesWhileOtherIsReadIsNotMissed() {
    add("one");
    server.at("UID FETCH").once().after(() -> add("two"));
    try (MailboxWatcher watcher = watch(quick())) {
      awaitHandled("one", "two");
      awaitState(watcher, State.IDLE);
    }
  }

  @Test
  void aConnectionThatOnlySeemsToBeOneIsNoticed() {
    server.at("IDLE").once().halfOpen();
    try (MailboxWatcher watcher = watch(quick().withIdle(SHORT, SHORT))) {
      awaitState(watcher, State.IDLE);
      add("came meanwhile");
      awaitHandled("came meanwhile");
    }
  }

  @Test
  void aServerThatDoesNotEvenBeginToIdleIsNoticed() {
    server.at("IDLE").once().stall();
    try (MailboxWatcher watcher = watch(quick().withIdle(SHORT, SHORT))) {
      await().atMost(HANG).until(() -> server.heard().contains("IDLE"));
      add("came meanwhile");
      awaitHandled("came meanwhile");
      assertThat(watcher.health().failures()).isZero();
    }
  }

  @Test
  void anErrorOfTheHandlerDoesNotEndTheWatching() {
    InboundHandler broken =
        (mail, ack) -> {
          if (mail.mail().subject().equals("bad")) {
            throw new AssertionError("the handler's own");
          }
          handled.add(mail.mail().subject());
        };
    add("bad");
    add("good");
    try (MailboxWatcher watcher = watch(quick(), account().build(), broken)) {
      awaitHandled("good");
      add("next");
      awaitHandled("good", "next");
    }
  }

  /** A ledger may break too. */
  @Test
  void anErrorBesideTheHandlerShowsAndIsOvercome() {
    AtomicBoolean isBroken = new AtomicBoolean(true);
    Clock breaking =
        new Clock() {
          @Override
          public Instant instant() {
            if (isBroken.get()) {
              throw new IllegalStateException("no time");
            }
            return Instant.now();
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    add("one");
    try (MailboxWatcher watcher =
        MailboxWatcher.start(
            account().build(),
            PollSpec.builder().from(StartFrom.ALL).build(),
            ledger,
            (mail, ack) -> handled.add(mail.mail().subject()),
            quick(),
            breaking,
            new Random(5))) {
      await().atMost(HANG).until(() -> watcher.health().failures() > 1);
      assertThat(watcher.health().lastError())
          .hasValueSatisfying(e -> assertThat(e).contains("no time"));
      isBroken.set(false);
      await().atMost(HANG).until(() -> watcher.health().failures() == 0);
    }
  }

  @Test
  void aServerThatRefusesToIdleIsNoticed() {
    server.at("IDLE").once().reply("{tag} NO not now");
    try (MailboxWatcher watcher = watch(quick().withIdle(Duration.ofMinutes(4), SHORT))) {
      await().atMost(HANG).until(() -> server.heard().contains("IDLE"));
      add("came meanwhile");
      awaitHandled("came meanwhile");
    }
  }

  @Test
  void aWarningIsNoEndOfIdle() {
    server.at("IDLE").once().remarking("* NO [ALERT] the quota is nearly used up");
    try (MailboxWatcher watcher = watch(quick())) {
      await().atMost(HANG).until(() -> server.heard().contains("NOOP"));
      awaitState(watcher, State.IDLE);
      add("one");
      awaitHandled("one");
      assertThat(watcher.health().failures()).isZero();
      assertThat(server.openConnections()).isEqualTo(1);
    }
  }

  /** As Dovecot does where the folder was deleted and made again. */
  @Test
  void aServerThatWarnsIsAskedWhetherItIsWellLongBeforeItsTime() {
    server.at("IDLE").once().remarking("* NO Internal error occurred.");
    server.at("NOOP").once().bye("session state is inconsistent");
    try (MailboxWatcher watcher = watch(quick())) {
      await().atMost(HANG).until(() -> server.heard().stream().filter("IDLE"::equals).count() == 2);
      assertThat(watcher.health().failures()).isZero();
    }
  }

  @Test
  void theServerProvesThatItIsAliveOnTheSameConnection() {
    try (MailboxWatcher watcher = watch(quick().withIdle(SHORT, HANG))) {
      await().atMost(HANG).until(() -> server.heard().stream().filter("NOOP"::equals).count() >= 3);
      assertThat(server.openConnections()).isEqualTo(1);
      assertThat(watcher.health().failures()).isZero();
    }
  }

  @Test
  void whatCameWhileTheServerWasAwayIsHandledOnce() {
    add("one");
    try (MailboxWatcher watcher = watch(quick())) {
      awaitHandled("one");
      awaitState(watcher, State.IDLE);
      server.at("GREETING").bye("down");
      server.dismissAll();
      await().atMost(HANG).until(() -> watcher.health().failures() > 2);
      assertThat(watcher.health().lastError().orElseThrow()).contains("down");
      add("two");
      server.behave();
      awaitHandled("one", "two");
    }
  }

  @Test
  void aServerWithoutIdleIsLookedAtAgainAndAgain() {
    server.withholding("IDLE");
    try (MailboxWatcher watcher = watch(quick())) {
      awaitState(watcher, State.WAITING);
      add("one");
      awaitHandled("one");
    }
    assertThat(server.heard()).doesNotContain("IDLE");
  }

  @Test
  void twoWatchersShareOneFolderAndNoMessage() {
    try (MailboxWatcher first = watch(quick());
        MailboxWatcher second = watch(quick())) {
      for (int i = 0; i < 30; i++) {
        add("m" + i);
      }
      await().atMost(HANG).until(() -> handled.size() >= 30);
      assertThat(first.health().state()).isNotEqualTo(State.STOPPED);
      assertThat(second.health().state()).isNotEqualTo(State.STOPPED);
    }
    assertThat(handled).hasSize(30).doesNotHaveDuplicates();
  }

  @Test
  void aWrongPasswordIsNotHammered() {
    MailAccount wrong = account().password(() -> "other").build();
    try (MailboxWatcher watcher = watch(quick(), wrong, (mail, ack) -> {})) {
      await().atMost(HANG).until(() -> watcher.health().failures() > 3);
      assertThat(watcher.health().lastError().orElseThrow()).contains("ops");
    }
    assertThat(server.heard()).filteredOn(each -> each.startsWith("AUTHENTICATE")).hasSize(1);
  }

  @Test
  @Timeout(20)
  void itStopsWhateverItIsAt() throws Exception {
    MailboxWatcher idle = watch(quick());
    awaitState(idle, State.IDLE);
    stopInTime(idle);

    server.at("UID SEARCH").stall();
    add("one");
    MailboxWatcher stalled = watch(quick());
    await()
        .atMost(HANG)
        .until(() -> server.heard().stream().anyMatch(each -> each.startsWith("UID SEARCH")));
    stopInTime(stalled);
    server.behave();

    CountDownLatch inHandler = new CountDownLatch(1);
    MailboxWatcher handling =
        watch(
            quick(),
            account().build(),
            (mail, ack) -> {
              inHandler.countDown();
              new CountDownLatch(1).await();
            });
    inHandler.await();
    stopInTime(handling);

    server.close();
    MailboxWatcher pausing = watch(quick().withPauses(HANG.multipliedBy(9), HANG.multipliedBy(9)));
    awaitState(pausing, State.PAUSING);
    stopInTime(pausing);
  }

  private static void stopInTime(MailboxWatcher watcher) {
    long start = System.nanoTime();
    watcher.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(watcher.health().state()).isEqualTo(State.STOPPED);
  }
}
