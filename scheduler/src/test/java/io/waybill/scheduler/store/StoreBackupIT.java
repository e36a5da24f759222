package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class StoreBackupIT {
  private static final Instant DUE = Instant.parse("2026-03-01T02:30:00Z");
  private static final int KILLS = Integer.getInteger("waybill.kill.rounds", 3);

  @TempDir Path folder;

  @Test
  void aBackupTakenWhileWritersCommitHoldsWhatWasAcknowledgedBeforeItBegan() throws Exception {
    Map<String, RunState> before = new HashMap<>();
    BackupReport report;
    try (Store store = open()) {
      RunStore runs = RunStore.of(store, "node", InstantSource.system(), new Random(1));
      ConcurrentLinkedQueue<Run> acknowledged = new ConcurrentLinkedQueue<>();
      AtomicBoolean isEnding = new AtomicBoolean();
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Thread writer = new Thread(() -> write(runs, acknowledged, isEnding));
        writers.add(writer);
        writer.start();
      }
      while (acknowledged.size() < 600) {
        Thread.onSpinWait();
      }
      acknowledged.forEach(run -> before.merge(run.id(), run.state(), StoreBackupIT::later));

      report = backup(store, new BackupTarget.OneFile(folder.resolve("copy.mv.db"), false));

      int after = acknowledged.size();
      isEnding.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(after).as("written meanwhile").isGreaterThan(600);
    }
    assertThat(report.tables())
        .anySatisfy(
            table -> {
              assertThat(table.table()).isEqualTo("wb_run");
              assertThat(table.rows()).isGreaterThanOrEqualTo(before.size());
            });
    // as a daemon would open it
    try (Store copy = Store.open(StoreSettings.h2(folder.resolve("copy")))) {
      RunStore runs = RunStore.of(copy, "other", InstantSource.system(), new Random(2));
      before.forEach(
          (id, state) ->
              assertThat(runs.find(id).map(Run::state))
                  .as(id)
                  .hasValueSatisfying(kept -> assertThat(kept).isGreaterThanOrEqualTo(state)));
      assertThat(runs.open("job", TriggerKind.MANUAL, DUE, "{}")).isPresent();
    }
  }

  private static RunState later(RunState one, RunState other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static void write(
      RunStore runs, ConcurrentLinkedQueue<Run> acknowledged, AtomicBoolean isEnding) {
    while (!isEnding.get()) {
      Run run = runs.open("job", TriggerKind.MANUAL, DUE, "{}").orElseThrow();
      acknowledged.add(run);
      runs.startAttempt(run, "step");
      acknowledged.add(runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "{\"a\":1}"));
    }
  }

  @Test
  void theAuditCanBeVerifiedAndGoesOnInABackupAndEndsOfLogsAreThere() {
    AuditAct act = new AuditAct("alice", "trigger", "job", "{}");
    byte[] log = "two\nlines\0\n".getBytes(StandardCharsets.UTF_8);
    AuditEntry last;
    String id;
    try (Store store = open()) {
      Run run =
          RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1))
              .open("job", TriggerKind.MANUAL, DUE, "{}")
              .orElseThrow();
      id = run.id();
      RunLogTails.of(store).put(List.of(new RunLogTails.Tail(id, log, true)));
      AuditLog audit = AuditLog.of(store, InstantSource.fixed(DUE));
      audit.jobsAre("alice", Map.of("job", "a1"));
      last = audit.append(act);
      backup(store, new BackupTarget.OneFile(folder.resolve("copy.mv.db"), false));
    }
    try (Store copy = Store.open(StoreSettings.h2(folder.resolve("copy")))) {
      AuditLog audit = AuditLog.of(copy, InstantSource.fixed(DUE));
      assertThat(audit.verify()).isEqualTo(new AuditVerdict.Whole(2, 1, 2, last.hash()));
      assertThat(audit.jobsAre("alice", Map.of("job", "a1"))).isEmpty();
      assertThat(audit.append(act).before()).isEqualTo(last.hash());
      assertThat(RunLogTails.of(copy).find(id))
          .hasValueSatisfying(
              tail -> {
                assertThat(tail.bytes()).isEqualTo(log);
                assertThat(tail.isCut()).isTrue();
              });
    }
  }

  @Test
  void itIsItsOwnersOnlyAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("backups/copy.mv.db");
    Files.createDirectory(StoreFiles.directoryOf(file));
    try (Store store = open()) {
      BackupReport report = backup(store, new BackupTarget.OneFile(file, false));
      assertThat(report.sizeBytes()).isEqualTo(Files.size(file)).isPositive();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(names(StoreFiles.directoryOf(file))).containsExactly("copy.mv.db");
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyIfThatIsAllowed() throws IOException {
    Path file = Files.writeString(folder.resolve("copy.mv.db"), "precious");
    try (Store store = open()) {
      assertThatThrownBy(() -> backup(store, new BackupTarget.OneFile(file, false)))
          .isInstanceOf(SchedulerException.StoreRefused.class)
          .hasMessageContaining(file + " is there already");
      assertThat(file).hasContent("precious");

      backup(store, new BackupTarget.OneFile(file, true));
      assertThat(file).isNotEmptyFile();
    }
    try (Store copy = Store.openAsIs(StoreSettings.readOnly(file))) {
      assertThat(check(copy).problems()).isEmpty();
    }
  }

  @Test
  void theStoreItselfIsNeverReplacedByItsCopy() {
    try (Store store = open()) {
      Path own = folder.resolve("waybill.mv.db");
      assertThatThrownBy(() -> backup(store, new BackupTarget.OneFile(own, true)))
          .isInstanceOf(SchedulerException.StoreRefused.class)
          .hasMessageContaining("is the store itself");
      assertThat(check(store).problems()).isEmpty();
    }
  }

  @Test
  void tablesOfOtherModulesGoAlongWithTheirNextNumbersAndLargeContent() throws Exception {
    Path file = folder.resolve("copy.mv.db");
    byte[] large = new byte[3 << 20];
    new Random(3).nextBytes(large);
    try (Store store = open()) {
      try (Connection connection = store.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "create table other (id bigint generated by default as identity primary key, content"
                + " blob, words clob)");
        try (PreparedStatement insert =
            connection.prepareStatement("insert into other (content, words) values (?, ?)")) {
          for (int i = 0; i < 3; i++) {
            insert.setBytes(1, large);
            insert.setString(2, "été 🚚 ".repeat(5000));
            insert.executeUpdate();
          }
        }
        statement.execute("delete from other where id = 3");
      }
      assertThat(backup(store, new BackupTarget.OneFile(file, false)).tables())
          .anySatisfy(table -> assertThat(table.table() + table.rows()).isEqualTo("other2"));
    }
    try (Store copy = Store.open(StoreSettings.h2(folder.resolve("copy")));
        Connection connection = copy.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("insert into other (words) values ('new')");
      try (ResultSet row =
          statement.executeQuery(
              "select max(id), max(octet_length(content)), max(char_length(words)) from other")) {
        row.next();
        assertThat(row.getLong(1)).isEqualTo(4);
        assertThat(row.getLong(2)).isEqualTo(large.length);
        assertThat(row.getLong(3)).isEqualTo("été 🚚 ".repeat(5000).length());
      }
    }
  }

  @Test
  void inADirectoryTheOldestGoOnceTheNewestIsThereAndNothingElse() throws IOException {
    Path directory = folder.resolve("backups");
    SettableClock clock = SettableClock.at(DUE);
    try (Store store = open()) {
      StoreBackup backup = StoreBackup.of(store, clock);
      for (int i = 0; i < 4; i++) {
        backup.write(new BackupTarget.Rotated(directory, 2));
        clock.advance(Duration.ofDays(1));
        Files.writeString(directory.resolve("waybill-notes.txt"), "mine");
      }
      assertThat(names(directory))
          .containsExactly(
              "waybill-20260303T023000Z.mv.db",
              "waybill-20260304T023000Z.mv.db",
              "waybill-notes.txt");
      assertThat(backup.write(new BackupTarget.Rotated(directory, 0)).deleted()).isEmpty();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void aByteThatADiskHasChangedSinceIsFound() throws IOException {
    Path file = folder.resolve("copy.mv.db");
    try (Store store = open()) {
      RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1))
          .enqueue("job", TriggerKind.MANUAL, DUE, "the right words", "{}");
      backup(store, new BackupTarget.OneFile(file, false));
    }
    byte[] bytes = Files.readAllBytes(file);
    byte[] words = "the right words".getBytes(StandardCharsets.US_ASCII);
    // the file may hold pages that were written again elsewhere, too
    int changed = 0;
    for (int at = 0; at + words.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + words.length, words, 0, words.length)) {
        bytes[at] = 'T';
        changed++;
      }
    }
    assertThat(changed).isPositive();
    Files.write(file, bytes);

    try (Store copy = Store.openAsIs(StoreSettings.readOnly(file))) {
      assertThat(check(copy).problems())
          .containsExactly(
              "table wb_run is not as it was written: it has 1 rows, and had as many of other"
                  + " content");
    }
  }

  @Test
  void aBackupThatLostItsEndIsDamageOrHasEverything() throws IOException {
    Path file = folder.resolve("copy.mv.db");
    try (Store store = open()) {
      RunStore runs = RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1));
      for (int i = 0; i < 300; i++) {
        runs.enqueue("job", TriggerKind.MANUAL, DUE, "", "x".repeat(1000));
      }
      backup(store, new BackupTarget.OneFile(file, false));
    }
    byte[] whole = Files.readAllBytes(file);
    int damaged = 0;
    for (int percent : List.of(99, 90, 50, 10)) {
      Files.write(file, Arrays.copyOf(whole, whole.length / 100 * percent));
      // what lay behind the end may have been free space: then nothing is lost
      try (Store copy = Store.openAsIs(StoreSettings.readOnly(file))) {
        StoreReport report = check(copy);
        if (report.isSound()) {
          assertThat(report.tables())
              .as("%d %%", percent)
              .anySatisfy(table -> assertThat(table.table() + table.rows()).isEqualTo("wb_run300"));
        } else {
          damaged++;
        }
      } catch (SchedulerException.StoreDamaged e) {
        damaged++;
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
    assertThat(damaged).isPositive();
  }

  @Test
  void aRestoredBackupTakesTheOldStoresPlaceAndIsABackupNoMore() throws IOException {
    Path file = folder.resolve("copy.mv.db");
    String early;
    try (Store store = open()) {
      RunStore runs = RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1));
      early = runs.enqueue("job", TriggerKind.MANUAL, DUE, "", "{}").orElseThrow().id();
      backup(store, new BackupTarget.OneFile(file, false));
      runs.enqueue("job", TriggerKind.MANUAL, DUE, "", "{}");
    }
    StoreRestore restore =
        new StoreRestore(StoreBackupIT::check, store -> {}, InstantSource.fixed(DUE));

    assertThatThrownBy(() -> restore.restore(file, folder.resolve("waybill"), false))
        .isInstanceOf(SchedulerException.StoreRefused.class)
        .hasMessageContaining("there is a store");
    RestoreReport report = restore.restore(file, folder.resolve("waybill"), true);

    assertThat(report.aside())
        .contains(folder.resolve("waybill.before-20260301T023000Z.mv.db"))
        .get()
        .satisfies(aside -> assertThat(aside).isRegularFile());
    try (Store store = open()) {
      RunStore runs = RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1));
      assertThat(runs.list(Optional.empty(), 10)).extracting(Run::id).containsExactly(early);
      runs.enqueue("job", TriggerKind.MANUAL, DUE, "", "{}");
      assertThat(check(store).problems()).isEmpty();
    }
    assertThat(names(folder)).noneMatch(name -> name.contains("restoring"));
  }

  @Test
  void aBackupOfARestoredStoreIsOneLikeAnyOther() throws IOException {
    Path first = folder.resolve("first.mv.db");
    try (Store store = open()) {
      backup(store, new BackupTarget.OneFile(first, false));
    }
    // by hand, as "cp" does: what only backups have is still in it
    try (Store store = Store.open(StoreSettings.h2(folder.resolve("first")))) {
      RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1))
          .enqueue("job", TriggerKind.MANUAL, DUE, "", "{}");
      assertThat(check(store).problems()).isEmpty();
      backup(store, new BackupTarget.OneFile(folder.resolve("second.mv.db"), false));
    }
    try (Store copy = Store.openAsIs(StoreSettings.readOnly(folder.resolve("second.mv.db")))) {
      assertThat(check(copy).problems()).isEmpty();
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("file"), "");
    try (Store store = open()) {
      assertThatThrownBy(
              () ->
                  backup(store, new BackupTarget.OneFile(folder.resolve("none/copy.mv.db"), false)))
          .isInstanceOf(SchedulerException.StoreFailed.class)
          .hasMessageContaining("there is no directory " + folder.resolve("none"));
      assertThatThrownBy(() -> backup(store, new BackupTarget.Rotated(inTheWay, 1)))
          .isInstanceOf(SchedulerException.StoreFailed.class)
          .hasMessageContaining(inTheWay.toString());
    }
  }

  @Test
  void ofABackupThatIsKilledThereIsNothingOrAWholeOneAndTheStoreIsWhole() throws Exception {
    Path directory = Files.createDirectory(folder.resolve("backups"));
    Random random = new Random(7);
    for (int round = 1; round <= KILLS; round++) {
      try (ForkedJvm child =
          ForkedJvm.running(EndlessBackups.class)
              .args(folder.resolve("waybill").toString(), directory.toString())
              .start()) {
        child.awaitLine("BEGINS 2", Duration.ofSeconds(60));
        Thread.sleep(random.nextInt(300));
        child.kill();
      }
      for (String name : names(directory)) {
        if (!name.startsWith(".")) {
          try (Store copy = Store.openAsIs(StoreSettings.readOnly(directory.resolve(name)))) {
            StoreReport report = check(copy);
            assertThat(report.problems()).as("round %d: %s", round, name).isEmpty();
            assertThat(report.tables())
                .anySatisfy(table -> assertThat(table.rows()).isEqualTo(EndlessBackups.RUNS));
          }
        }
      }
      try (Store store = Store.openAsIs(StoreSettings.h2(folder.resolve("waybill")))) {
        assertThat(check(store).problems()).isEmpty();
      }
    }
    assertThat(names(directory)).anyMatch(name -> name.endsWith(".wbpart"));
    // a day later the next backup clears up
    try (Store store = open()) {
      StoreBackup.of(store, InstantSource.offset(InstantSource.system(), Duration.ofDays(2)))
          .write(new BackupTarget.Rotated(directory, 1));
    }
    assertThat(names(directory)).noneMatch(name -> name.endsWith(".wbpart"));
  }

  private Store open() {
    return Store.open(StoreSettings.h2(folder.resolve("waybill")));
  }

  private static BackupReport backup(Store store, BackupTarget target) {
    return StoreBackup.of(store, InstantSource.fixed(DUE)).write(target);
  }

  private static StoreReport check(Store store) {
    return StoreCheck.check(store, List.of(), List.of());
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
