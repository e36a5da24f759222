package io.waybill.mail.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.SmtpPoint;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills a sending process at each phase of a delivery: nothing is lost, nothing is sent twice. */
class OutboxKillIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Where the process is when it is killed, and what then is true. */
  enum Phase {
    QUEUED(null, OutboxState.QUEUED),
    CONNECTED(SmtpPoint.GREETING, OutboxState.QUEUED),
    MAIL(SmtpPoint.MAIL, OutboxState.QUEUED),
    RCPT(SmtpPoint.RCPT, OutboxState.QUEUED),
    DATA(SmtpPoint.DATA, OutboxState.QUEUED),
    CONTENT(SmtpPoint.CONTENT, OutboxState.QUEUED),
    DOT_SENT(SmtpPoint.DOT, OutboxState.UNKNOWN),
    REPLY_READ(null, OutboxState.UNKNOWN),
    COMMITTED(null, OutboxState.SENT);

    final @Nullable SmtpPoint stalls;
    final OutboxState recovered;

    Phase(@Nullable SmtpPoint stalls, OutboxState recovered) {
      this.stalls = stalls;
      this.recovered = recovered;
    }
  }

  private final ScriptedSmtpServer server = ScriptedSmtpServer.start();

  private static String url(Path folder) {
    return "jdbc:h2:file:" + folder.resolve("store") + ";WRITE_DELAY=0";
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  @Timeout(180)
  void nothingIsLostAndNothingSentTwice(Phase phase, @TempDir Path folder) throws Exception {
    try (server) {
      killAt(phase, url(folder));
      Reborn reborn = new Reborn(url(folder));
      OutboxEntry entry = reborn.recover("key");
      assertThat(entry.state()).isEqualTo(phase.recovered);
      server.behave();
      reborn.deliver(entry);
      boolean isUnknown = phase.recovered == OutboxState.UNKNOWN;
      int taken = phase == Phase.DOT_SENT ? 0 : 1;
      assertThat(reborn.outbox.find(entry.id()).orElseThrow().state())
          .isEqualTo(isUnknown ? OutboxState.UNKNOWN : OutboxState.SENT);
      assertThat(server.accepted()).hasSize(taken);
      assertThat(server.accepted())
          .allSatisfy(mail -> assertThat(mail.sizeBytes()).isEqualTo(entry.sizeBytes()));
    }
  }

  private void killAt(Phase phase, String url) throws Exception {
    if (phase == Phase.CONTENT) {
      server.at(SmtpPoint.CONTENT).afterBytes(10_000).freeze();
    } else if (phase.stalls != null) {
      server.at(phase.stalls).stall();
    }
    try (ForkedJvm child = child(url, phase)) {
      child.awaitLine("QUEUED", LONG);
      switch (phase) {
        case QUEUED -> {}
        case CONNECTED -> server.awaitOpenConnections(1, LONG);
        case MAIL, RCPT -> server.awaitHeard(phase.name(), LONG);
        case DATA, CONTENT -> server.awaitHeard("DATA", LONG);
        case DOT_SENT -> server.awaitMessages(1, LONG);
        case REPLY_READ -> child.awaitLine("REPLY_READ", LONG);
        case COMMITTED -> child.awaitLine("SETTLED", LONG);
      }
      child.kill();
    }
  }

  private ForkedJvm child(String url, Phase phase) {
    return ForkedJvm.running(KilledSender.class)
        .jvmArgs("-Xmx128m", "-XX:TieredStopAtLevel=1")
        .args(url, Integer.toString(server.port()), "key", phase.name())
        .start();
  }

  static List<Integer> rounds() {
    int rounds = Integer.getInteger("waybill.kill.rounds", 4);
    return new Random(7).ints(rounds, 0, 1_000_000).boxed().toList();
  }

  /**
   * Killed at any moment, of which the server knows nothing; the seed chooses it. Whatever the
   * server took was taken once, and what it took and nobody wrote down is unknown.
   */
  @ParameterizedTest
  @MethodSource("rounds")
  @Timeout(180)
  void killedAtAnyMoment(int seed, @TempDir Path folder) throws Exception {
    try (server) {
      long micros = new Random(seed).nextLong(200_000);
      try (ForkedJvm child = child(url(folder), Phase.COMMITTED)) {
        child.awaitLine("QUEUED", LONG);
        boolean isEarly = new CountDownLatch(1).await(micros, TimeUnit.MICROSECONDS);
        assertThat(isEarly).isFalse();
        child.kill();
      }
      server.awaitOpenConnections(0, LONG);
      int before = server.accepted().size();
      Reborn reborn = new Reborn(url(folder));
      OutboxEntry entry = reborn.recover("key");
      switch (entry.state()) {
        case QUEUED -> assertThat(before).isZero();
        case SENT -> assertThat(before).isEqualTo(1);
        case UNKNOWN -> assertThat(before).isLessThanOrEqualTo(1);
        default -> throw new AssertionError(entry.toString());
      }
      reborn.deliver(entry);
      List<ReceivedMail> taken = server.accepted();
      assertThat(taken).hasSize(entry.state() == OutboxState.UNKNOWN ? before : 1);
    }
  }

  /** The next process on the same store. */
  private final class Reborn {
    private final Outbox outbox;

    Reborn(String url) {
      JdbcDataSource database = new JdbcDataSource();
      database.setURL(url);
      outbox = Outbox.open(database, "node/reborn", Clock.systemUTC());
    }

    OutboxEntry recover(String key) {
      outbox.recover();
      return outbox.findByKey(key).orElseThrow();
    }

    void deliver(OutboxEntry entry) {
      MailAccount account =
          MailAccount.builder()
              .host("127.0.0.1")
              .port(server.port())
              .security(MailSecurity.PLAINTEXT)
              .build();
      try (MailSender sender = SmtpSender.lazy(account, Clock.systemUTC())) {
        outbox.deliver(entry.id(), sender);
      }
    }
  }
}
