package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.imap.WatcherHealth.State;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.ledger.LedgerDatabase;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.Leaks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Watches a mailbox of a real Dovecot, which comes and goes. */
@Timeout(120)
class WatchingRealIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Long before the watcher, or Dovecot, would look by itself. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final Duration LONG = Duration.ofHours(9);

  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private final DovecotMailbox mailbox = SERVERS.newMailbox();
  private final LedgerDatabase database = new LedgerDatabase();
  private final List<String> handled = new CopyOnWriteArrayList<>();

  private MailboxWatcher watch(MailAccount.Builder account, Duration pause) {
    return watch(account, pause, "INBOX");
  }

  private MailboxWatcher watch(MailAccount.Builder account, Duration pause, String folder) {
    return MailboxWatcher.start(
        account.user(mailbox.user()).build(),
        PollSpec.builder().folder(folder).from(StartFrom.ALL).build(),
        database.of("node/1"),
        (mail, ack) -> handled.add(mail.mail().subject()),
        WatchSettings.defaults().withPauses(pause, pause),
        Clock.systemUTC(),
        new Random(5));
  }

  private MailboxWatcher watch() {
    return watch(SERVERS.imaps(), Duration.ofMillis(200));
  }

  private static void awaitState(MailboxWatcher watcher, State state) {
    await().atMost(PATIENCE).until(() -> watcher.health().state() == state);
  }

  private void awaitHandled(Duration atMost, String... subjects) {
    await().atMost(atMost).untilAsserted(() -> assertThat(handled).containsExactly(subjects));
  }

  private void send(String subject) {
    try (MailSender sender = SmtpSender.connect(SERVERS.submission().build())) {
      sender.send(
          Message.builder()
              .from("u1@waybill.test")
              .to(mailbox.user() + "@waybill.test")
              .subject(subject)
              .text("x")
              .build());
    }
  }

  private void deliver(String subject) throws Exception {
    mailbox.deliver(DovecotMailbox.message(subject), Instant.now());
  }

  private static void stopInTime(MailboxWatcher watcher) {
    long start = System.nanoTime();
    watcher.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(watcher.health().state()).isEqualTo(State.STOPPED);
  }

  private void awaitNoSession() {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(mailbox.sessions()).isEmpty());
  }

  @Test
  void mailIsHandledWhenItComes() throws Exception {
    MailboxWatcher watcher = watch();
    awaitState(watcher, State.IDLE);
    send("one");
    awaitHandled(SOON, "one");
    awaitState(watcher, State.IDLE);
    mailbox.save("INBOX", DovecotMailbox.message("two"));
    awaitHandled(SOON, "one", "two");
    awaitState(watcher, State.IDLE);
    deliver("three");
    awaitHandled(SOON, "one", "two", "three");
    assertThat(mailbox.sessions()).hasSize(1);
    assertThat(watcher.health().failures()).isZero();
    awaitState(watcher, State.IDLE);
    stopInTime(watcher);
    awaitNoSession();
  }

  @Test
  void whatCameWhileTheServerWasDownIsHandledOnce() throws Exception {
    deliver("before");
    try (MailboxWatcher watcher = watch()) {
      awaitHandled(PATIENCE, "before");
      awaitState(watcher, State.IDLE);
      SERVERS.dovecot().stop();
      try {
        await().atMost(PATIENCE).until(() -> watcher.health().failures() > 2);
        assertThat(watcher.health().lastError()).isPresent();
        deliver("meanwhile");
      } finally {
        SERVERS.dovecot().start();
      }
      awaitHandled(PATIENCE, "before", "meanwhile");
      awaitState(watcher, State.IDLE);
      assertThat(watcher.health().failures()).isZero();
      send("after");
      awaitHandled(SOON, "before", "meanwhile", "after");
      assertThat(mailbox.sessions()).hasSize(1);
    }
    awaitNoSession();
  }

  @Test
  void aFolderThatIsMadeAgainWhileItIsWatchedIsReadOn() {
    String one = DovecotMailbox.message("one");
    mailbox.create("Orders");
    mailbox.save("Orders", one);
    try (MailboxWatcher watcher = watch(SERVERS.imaps(), Duration.ofMillis(200), "Orders")) {
      awaitHandled(PATIENCE, "one");
      awaitState(watcher, State.IDLE);
      mailbox.delete("Orders");
      mailbox.create("Orders");
      mailbox.save("Orders", DovecotMailbox.message("two"));
      mailbox.save("Orders", one);
      awaitHandled(PATIENCE, "one", "two");
      awaitState(watcher, State.IDLE);
      mailbox.save("Orders", DovecotMailbox.message("three"));
      awaitHandled(SOON, "one", "two", "three");
    }
    awaitNoSession();
  }

  @Test
  void itStopsWhileTheServerIsDown() {
    SERVERS.dovecot().stop();
    try {
      MailboxWatcher trying = watch(SERVERS.imaps(), Duration.ofMillis(1));
      await().atMost(PATIENCE).until(() -> trying.health().failures() > 20);
      stopInTime(trying);
      MailboxWatcher pausing = watch(SERVERS.imaps(), LONG);
      awaitState(pausing, State.PAUSING);
      stopInTime(pausing);
    } finally {
      SERVERS.dovecot().start();
    }
    awaitNoSession();
  }

  @Test
  void itStopsWhileTheServerSaysNothing() throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    MailAccount.Builder account =
        SERVERS
            .imap()
            .tap(
                socket -> {
                  connected.countDown();
                  return socket;
                });
    SERVERS.dovecot().freeze();
    try {
      MailboxWatcher watcher = watch(account, LONG);
      assertThat(connected.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(watcher.health().state()).isEqualTo(State.POLLING);
      stopInTime(watcher);
    } finally {
      SERVERS.dovecot().thaw();
    }
    awaitNoSession();
  }

  @Test
  void twoWatchersShareOneFolderAndNoMessage() throws Exception {
    try (MailboxWatcher first = watch();
        MailboxWatcher second = watch()) {
      for (int i = 0; i < 30; i++) {
        deliver("m" + i);
      }
      await().atMost(PATIENCE).until(() -> handled.size() >= 30);
      assertThat(first.health().state()).isNotEqualTo(State.STOPPED);
      assertThat(second.health().state()).isNotEqualTo(State.STOPPED);
    }
    assertThat(handled).hasSize(30).doesNotHaveDuplicates();
    awaitNoSession();
  }
}
