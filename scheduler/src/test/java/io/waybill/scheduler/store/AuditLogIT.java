package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.SettableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class AuditLogIT {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00.123Z");
  private static final String ZEROS = "0".repeat(64);

  @TempDir Path folder;

  private final SettableClock clock = SettableClock.at(START);
  private Store store;
  private AuditLog audit;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    audit = AuditLog.of(store, clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static AuditAct act(String subject) {
    return new AuditAct("alice", "trigger", subject, "{\"run\":\"1\"}");
  }

  private void append(int times) {
    for (int i = 0; i < times; i++) {
      clock.advance(Duration.ofHours(1));
      audit.append(act("job" + i));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void rowsAreReadBackAsTheyWereWrittenAndHoldOnToOneAnother() {
    AuditEntry first = audit.append(act("nightly"));
    clock.advance(Duration.ofSeconds(1));
    AuditEntry second = audit.append(new AuditAct("bób\0", "cancel", "x", ""));

    assertThat(audit.newest(Instant.EPOCH, 10)).containsExactly(second, first);
    assertThat(audit.newest(clock.instant(), 10)).containsExactly(second);
    assertThat(audit.newest(Instant.EPOCH, 1)).containsExactly(second);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.at()).isEqualTo(START);
    assertThat(first.before()).isEqualTo(ZEROS);
    assertThat(second.before()).isEqualTo(first.hash());
    assertThat(audit.verify()).isEqualTo(new AuditVerdict.Whole(2, 1, 2, second.hash()));
  }

  @Test
  void anAuditThatNothingWasWrittenToIsWhole() {
    assertThat(audit.verify()).isEqualTo(new AuditVerdict.Whole(0, 0, 0, ZEROS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update wb_audit set who = 'mallory' where number = 3 | 3",
        "update wb_audit set subject = 'x' where number = 5 | 5",
        "update wb_audit set detail = '{}' where number = 1 | 1",
        "update wb_audit set written_at = dateadd('ms', 1, written_at) where number = 2 | 2",
        "update wb_audit set who = 'alic', action = 'etrigger' where number = 4 | 4",
        "delete from wb_audit where number = 3 | 3",
        "delete from wb_audit where number = 1 | 1",
        "delete from wb_audit where number = 5 | 5",
        "delete from wb_audit where number >= 4 | 4",
        "delete from wb_audit | 1",
        "update wb_audit set number = 6 where number = 5 | 5",
        "insert into wb_audit select 6, written_at, who, action, subject, detail, before_hash, hash from wb_audit where number = 5 | 6",
        "insert into wb_audit select 0, written_at, who, action, subject, detail, before_hash, hash from wb_audit where number = 1 | 0",
      })
  void whatWasChangedRemovedOrPutInIsFound(String tampering, long number) throws SQLException {
    append(5);
    assertThat(audit.verify()).isInstanceOf(AuditVerdict.Whole.class);

    execute(tampering);

    assertThat(audit.verify())
        .isInstanceOfSatisfying(
            AuditVerdict.Broken.class, broken -> assertThat(broken.number()).isEqualTo(number));
  }

  @Test
  void whatIsWrittenAfterwardsDoesNotHideWhatWasChanged() throws SQLException {
    append(3);
    execute("update wb_audit set who = 'mallory' where number = 2");
    append(3);

    assertThat(audit.verify()).isEqualTo(new AuditVerdict.Broken(2, "its content was changed"));
  }

  @Test
  void aRowThatWasPutInKeepsNobodyFromWriting() throws SQLException {
    append(2);
    execute(
        "insert into wb_audit select 3, written_at, who, action, subject, detail, before_hash, hash"
            + " from wb_audit where number = 2");

    assertThat(audit.append(act("next")).number()).isEqualTo(4);

    assertThat(audit.verify())
        .isInstanceOfSatisfying(
            AuditVerdict.Broken.class, broken -> assertThat(broken.number()).isEqualTo(3));
  }

  @Test
  void aChainWhoseEndsAreGoneIsBrokenAndKeepsNobodyFromWriting() throws SQLException {
    append(3);
    execute("delete from wb_audit_chain");
    assertThat(audit.verify()).isInstanceOf(AuditVerdict.Broken.class);

    assertThat(audit.append(act("next")).number()).isEqualTo(4);

    assertThat(audit.verify())
        .isInstanceOfSatisfying(
            AuditVerdict.Broken.class, broken -> assertThat(broken.number()).isEqualTo(4));
  }

  @Test
  void pruningTakesTheOldestSaysSoAndLeavesTheRestVerifiable() {
    append(100); // an hour each
    Instant oldest = clock.instant().minus(Duration.ofHours(49));

    assertThat(audit.prune(oldest, () -> true)).isEqualTo(50);

    List<AuditEntry> left = audit.newest(Instant.EPOCH, 200);
    assertThat(left).hasSize(51);
    assertThat(left.get(0).act().action()).isEqualTo("audit.pruned");
    assertThat(left.get(0).act().detail()).contains("\"rows\":50");
    assertThat(left.get(50).at()).isEqualTo(oldest);
    assertThat(audit.verify()).isEqualTo(new AuditVerdict.Whole(51, 51, 101, left.get(0).hash()));
    assertThat(audit.prune(oldest, () -> true)).isZero();
  }

  @Test
  void aDayMoreIsLetBeSoThatPruningDoesNotWriteARowForEachItTakes() {
    append(30);

    assertThat(audit.prune(clock.instant().minus(Duration.ofHours(10)), () -> true)).isZero();
    assertThat(audit.newest(Instant.EPOCH, 200)).hasSize(30);
  }

  @Test
  void theOldestRowThatIsLeftCannotBeTakenAwayUnseen() throws SQLException {
    append(100);
    audit.prune(clock.instant().minus(Duration.ofHours(49)), () -> true);
    execute("delete from wb_audit where number = 51");

    assertThat(audit.verify()).isEqualTo(new AuditVerdict.Broken(51, "it is gone"));
  }

  @Test
  void thousandsArePrunedInSmallTransactions() {
    append(2_500);
    List<Long> pruned = new ArrayList<>();

    assertThat(
            audit.prune(
                clock.instant().minus(Duration.ofHours(1)),
                () -> {
                  pruned.add(2_500L - audit.newest(Instant.EPOCH, 5_000).size());
                  return true;
                }))
        .isEqualTo(2_498);
    assertThat(pruned).containsExactly(1_000L, 2_000L);
    assertThat(audit.verify()).isInstanceOf(AuditVerdict.Whole.class);
  }

  @Test
  void jobsThatAreNewOtherOrGoneAreTold() {
    assertThat(audit.jobsAre("alice", Map.of("b", "b1", "a", "a1", "c", "")))
        .extracting(entry -> entry.act().action() + " " + entry.act().subject())
        .containsExactly("job.created a", "job.created b", "job.created c");
    assertThat(audit.jobsAre("alice", Map.of("b", "b1", "a", "a1", "c", ""))).isEmpty();
    assertThat(audit.jobsAre("bob", Map.of("b", "b2", "c", "", "d", "d1")))
        .extracting(
            entry ->
                entry.act().who()
                    + " "
                    + entry.act().action()
                    + " "
                    + entry.act().subject()
                    + " "
                    + entry.act().detail())
        .containsExactly(
            "bob job.changed b {\"old\":\"b1\",\"new\":\"b2\"}",
            "bob job.created d {\"new\":\"d1\"}",
            "bob job.unscheduled a {\"old\":\"a1\"}");
    assertThat(audit.verify()).isInstanceOf(AuditVerdict.Whole.class);
  }

  @Test
  void manyWritersMakeOneChain() throws Exception {
    AuditLog other = AuditLog.of(store, clock);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        AuditLog writer = i % 2 == 0 ? audit : other;
        writing.add(
            threads.submit(
                () -> {
                  for (int j = 0; j < 50; j++) {
                    writer.append(act("job" + j));
                  }
                }));
      }
      for (Future<?> each : writing) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }

    assertThat(audit.verify())
        .isInstanceOfSatisfying(
            AuditVerdict.Whole.class, whole -> assertThat(whole.rows()).isEqualTo(400));
  }

  @Test
  void anActWithoutAnActionIsRefusedAndLongTextsAreCut() {
    assertThatThrownBy(() -> new AuditAct("a", " ", "b", ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AuditAct("a", "x".repeat(61), "b", ""))
        .isInstanceOf(IllegalArgumentException.class);
    AuditEntry entry = audit.append(new AuditAct("w".repeat(300), "a", "s".repeat(299) + "😀", ""));
    assertThat(entry.act().who()).hasSize(200);
    assertThat(entry.act().subject()).hasSize(299);
    assertThat(audit.newest(Instant.EPOCH, 1)).containsExactly(entry);
  }
}
