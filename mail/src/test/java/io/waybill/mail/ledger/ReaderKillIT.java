package io.waybill.mail.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.LedgerEntry.State;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailLedger.Hold;
import io.waybill.mail.inbox.MailboxKey;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.ScriptedFolder;
import io.waybill.testkit.ScriptedImapServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that handles mail, at any moment between fetch, handler, ledger and after-action,
 * again and again on one ledger.
 *
 * <p>{@code -Dwaybill.kill.rounds=500} makes a soak of it, {@code -Dwaybill.kill.seed} repeats one.
 */
class ReaderKillIT {
  private static final int ROUNDS = Integer.getInteger("waybill.kill.rounds", 25);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MAILS_A_ROUND = 8;

  @TempDir private Path folder;

  @Test
  @Timeout(7200)
  void eachMessageIsHandledAndTheRestDoneWhateverWasKilled() throws Exception {
    Random random = new Random(SEED);
    String url = "jdbc:h2:file:" + folder.resolve("ledger") + ";WRITE_DELAY=0;DB_CLOSE_DELAY=2";
    Path log = folder.resolve("handled");
    try (ScriptedImapServer server = ScriptedImapServer.start().user("ops", "pw")) {
      ScriptedFolder inbox = server.folder("INBOX");
      ScriptedFolder done = server.folder("Done");
      int sent = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < MAILS_A_ROUND; i++) {
          sent++;
          inbox.add("Message-ID: <" + sent + "@x.example>", "Subject: m" + sent, "", "text");
        }
        try (ForkedJvm child =
            ForkedJvm.running(KilledReader.class)
                .jvmArgs("-Xmx128m", "-XX:TieredStopAtLevel=1")
                .args(url, Integer.toString(server.port()), log.toString())
                .start()) {
          child.awaitLine("READY", LONG);
          boolean isEarly =
              new CountDownLatch(1).await(random.nextLong(500_000), TimeUnit.MICROSECONDS);
          assertThat(isEarly).isFalse();
          child.kill();
        }
      }
      MailLedger ledger = KilledReader.ledger(url, "reader/last");
      try (MailboxReader reader = KilledReader.reader(server.port())) {
        KilledReader.poll(reader, ledger, log);
        KilledReader.poll(reader, ledger, log);
        MailboxKey key = new MailboxKey(reader.name(), "INBOX");
        assertThat(ledger.entries(key, State.DONE, Integer.MAX_VALUE)).as(seed()).hasSize(sent);
        try (Hold hold = ledger.hold(key).orElseThrow()) {
          assertThat(hold.unfinished(10)).as(seed()).isEmpty();
          assertThat(hold.due(10)).as(seed()).isEmpty();
        }
      }
      assertThat(inbox.uids()).as(seed()).isEmpty();
      assertThat(done.uids()).as("each moved once; " + seed()).hasSize(sent);
      Map<String, List<Integer>> told = new LinkedHashMap<>();
      for (String line : Files.readAllLines(log)) {
        String[] words = line.split(" ", 2);
        told.computeIfAbsent(words[0], subject -> new ArrayList<>())
            .add(Integer.parseInt(words[1]));
      }
      assertThat(told).as("none is lost; " + seed()).hasSize(sent);
      told.values()
          .forEach(
              attempts ->
                  assertThat(attempts.stream().skip(1))
                      .as("who comes again says so; " + seed())
                      .allMatch(attempt -> attempt > 1));
      long again = told.values().stream().filter(attempts -> attempts.size() > 1).count();
      System.out.printf(
          "reader killed %d times: %d messages, %d handled more than once, said so each time%n",
          ROUNDS, sent, again);
    }
  }

  private static String seed() {
    return "seed " + SEED;
  }
}
