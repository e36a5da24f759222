package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code waybill db} on an H2 store, with a daemon and without. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // set before each test
class DbVerbsIT {
  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void runOneJobAndQueueOneMail() throws Exception {
    Files.createDirectories(directory.resolve("in"));
    Files.writeString(directory.resolve("in/a.csv"), "a;b");
    file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            connections:
              outgoing: { type: smtp, host: 127.0.0.1, port: 9, tls: off, from: robot@waybill.test }
            jobs:
              copying:
                steps: { copy: { from: "%1$s/in/", to: "%1$s/out/" } }
            """
                .formatted(directory));
    assertThat(waybill("run", "copying").code()).isZero();
    CommandLineRun queued =
        waybill("send", "--to", "you@waybill.test", "--subject", "s", "--text", "t", "--queue");
    assertThat(queued.code()).as(queued.err()).isZero();
  }

  private CommandLineRun waybill(String... arguments) {
    List<String> line = new ArrayList<>(Arrays.asList(arguments));
    line.addAll(List.of("-c", file.toString()));
    return CommandLineRun.of(environment(), line.toArray(String[]::new));
  }

  private Map<String, String> environment() {
    return Map.of("WAYBILL_STATE", state().toString());
  }

  private Path state() {
    return directory.resolve("state");
  }

  private Daemon daemon() throws Exception {
    Configuration configuration = JobFiles.load(file);
    return Daemon.start(
        configuration,
        Waybill.builder(configuration).state(state()),
        state().resolve("daemon.json"));
  }

  private static long rows(Map<String, Object> form, String table) {
    return Plain.maps(form, "tables").stream()
        .filter(each -> table.equals(each.get("table")))
        .mapToLong(each -> Plain.number(each, "rows"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + table + " in " + form));
  }

  @Test
  void theStateDirectoryGetsABackupOfEveryModulesTables() throws Exception {
    CommandLineRun run = waybill("db", "backup", "-o", "json");

    assertThat(run.code()).as(run.err()).isZero();
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(form).containsEntry("schema", "waybill.db-backup/1");
    Path backup = Path.of(Plain.text(form, "file"));
    assertThat(backup).hasParentRaw(state().resolve("backups")).isRegularFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");
    assertThat(rows(form, "wb_run")).isEqualTo(1);
    assertThat(rows(form, "wb_step")).isEqualTo(1);
    assertThat(rows(form, "wb_mail_outbox_chunk")).isEqualTo(1);

    CommandLineRun check = waybill("db", "check", backup.toString());
    assertThat(check.code()).as(check.out()).isZero();
    assertThat(check.out())
        .contains("scheduler version", "mail version", "jobs version", "wb_run", "Sound");
  }

  @Test
  void aDaemonCopiesAndChecksTheStoreThatItOwns() throws Exception {
    try (Daemon daemon = daemon()) {
      Path to = directory.resolve("copy.mv.db");
      CommandLineRun backup = waybill("db", "backup", to.toString());
      assertThat(backup.code()).as(backup.err()).isZero();
      assertThat(backup.out()).startsWith(to.toString()).contains("wb_mail_outbox");

      CommandLineRun again = waybill("db", "backup", to.toString());
      assertThat(again.code()).isEqualTo(2);
      assertThat(again.err()).contains(to + " is there already", "(--force)");
      assertThat(waybill("db", "backup", to.toString(), "--force").code()).isZero();

      CommandLineRun check = waybill("db", "check", "-o", "json");
      assertThat(check.code()).as(check.out()).isZero();
      assertThat(Json.readObject(check.out()))
          .containsEntry("schema", "waybill.db-check/1")
          .containsEntry("sound", true);

      for (String[] line :
          List.of(
              new String[] {"db", "restore", to.toString()},
              new String[] {"db", "move", "--to", "jdbc:postgresql://127.0.0.1:1/none"})) {
        CommandLineRun refused = waybill(line);
        assertThat(refused.code()).isEqualTo(12);
        assertThat(refused.err()).contains("a daemon is at work", "stop it");
      }
      assertThat(daemon.waybill().runs(10)).hasSize(1);
      assertThat(waybill("audit", "-n", "2").out())
          .as("one row for each that was made")
          .containsPattern("3 +\\S+ +api:daemon.json +db.backup " + to + ".*size")
          .containsPattern("4 +\\S+ +api:daemon.json +db.backup " + to + ".*size");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 8_191, 8_192, 40_000})
  void aBackupThatWasCutOffOrOverwrittenIsDamage(int zeros) throws Exception {
    Path backup = Files.write(directory.resolve("copy.mv.db"), new byte[zeros]);
    for (String[] line :
        List.of(
            new String[] {"db", "check", backup.toString()},
            new String[] {"db", "restore", backup.toString(), "--force"})) {
      CommandLineRun run = waybill(line);
      assertThat(run.code()).as(run.err()).isEqualTo(7);
      assertThat(run.err()).contains(backup.toString()).doesNotContain("Exception");
    }
    assertThat(waybill("runs", "-o", "ndjson").out().lines()).as("nothing was changed").hasSize(1);
  }

  @Test
  void aRestoredStoreHasItsRunsAndHoldsItsMail() throws Exception {
    Path to = directory.resolve("copy.mv.db");
    assertThat(waybill("db", "backup", to.toString()).code()).isZero();
    assertThat(waybill("run", "copying").code()).isZero();

    CommandLineRun refused = waybill("db", "restore", to.toString());
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("there is a store", "(--force)");

    CommandLineRun restored = waybill("db", "restore", to.toString(), "--force", "-o", "json");
    assertThat(restored.code()).as(restored.err()).isZero();
    Map<String, Object> form = Json.readObject(restored.out());
    assertThat(form).containsEntry("held-messages", 1L);
    assertThat(Path.of(Plain.text(form, "aside"))).isRegularFile();
    assertThat(restored.err()).contains("outbox resolve");

    CommandLineRun outbox = waybill("outbox", "list");
    assertThat(outbox.out()).contains("unknown", "waited in the backup");
    String id = outbox.out().substring(0, 26);
    assertThat(waybill("outbox", "resolve", id, "--as", "sent").out()).contains("sent");
    assertThat(waybill("runs", "-o", "ndjson").out().lines()).hasSize(1);
    assertThat(waybill("db", "check").code()).isZero();
    String me = System.getProperty("user.name");
    assertThat(waybill("audit").out())
        .as("of what the backup is of, and of what was done since it came back")
        .containsPattern("1 +\\S+ +" + me + " +run copying")
        .containsPattern("2 +\\S+ +" + me + " +db.restore " + to + ".*aside.*held-messages\":1")
        .containsPattern("3 +\\S+ +" + me + " +outbox.resolve.sent " + id)
        .doesNotContain("db.backup");
    assertThat(waybill("audit", "--verify").out()).startsWith("the audit is whole: 3 rows");
    CommandLineRun aside = waybill("db", "check", Plain.text(form, "aside"));
    assertThat(aside.code()).as(aside.out()).isZero();
  }

  @Test
  void nothingIsRestoredFromABrokenFile() throws Exception {
    Path broken = Files.writeString(directory.resolve("broken.mv.db"), "no database".repeat(999));

    CommandLineRun run = waybill("db", "restore", broken.toString(), "--force");

    assertThat(run.code()).isEqualTo(7);
    assertThat(run.err()).contains(broken.toString());
    assertThat(waybill("runs").out()).contains("copying");
    assertThat(waybill("db", "check", broken.toString()).code()).isEqualTo(7);
  }

  @Test
  void damageEndsACheckWithSevenAndIsNamed() throws Exception {
    change("delete from wb_mail_outbox_chunk", "update wb_step set run_id = 'nobody'");

    CommandLineRun run = waybill("db", "check", "-o", "json");

    assertThat(run.code()).isEqualTo(7);
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(form).containsEntry("sound", false);
    assertThat(String.valueOf(form.get("problems")))
        .contains("wb_step: nobody belongs to a run that is not there")
        .contains("waits and has lost its content");
    assertThat(waybill("db", "check").out()).contains("problem: wb_step: nobody", "Not sound.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheduler", "mail", "jobs"})
  void tablesOfANewerVersionAreRefusedWithBothNumbers(String module) throws Exception {
    change(
        "insert into \"wb_"
            + module
            + "_schema_history\" (\"installed_rank\", \"version\", \"description\", \"type\","
            + " \"script\", \"checksum\", \"installed_by\", \"execution_time\", \"success\")"
            + " values (99, '987', 'to come', 'SQL', 'V987__to_come.sql', 1, 'x', 1, true)");

    CommandLineRun run = waybill("runs");

    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "the " + module + "'s tables are of version 987", "up to version ", "newer waybill");
    CommandLineRun check = waybill("db", "check");
    assertThat(check.code()).isEqualTo(7);
    assertThat(check.out()).contains("problem: the " + module + "'s tables are of version 987");
    // its content can be saved all the same
    assertThat(waybill("db", "backup").code()).isZero();
  }

  @Test
  void whatIsNoPlaceForABackupIsSaid() {
    assertThat(waybill("db", "backup", "nightly.zip").err()).contains(".mv.db", "/ at its end");
    assertThat(waybill("db", "backup", "x.mv.db", "--keep", "3").err()).contains("--keep");
    assertThat(waybill("db", "backup", "--keep", "0").err()).contains("1 or more");
    assertThat(waybill("db", "backup", "--force").err()).contains("--force is for a file");
    assertThat(waybill("db").code()).isEqualTo(2);
    assertThat(waybill("db", "move").err()).contains("--to jdbc:postgresql://");
    assertThat(waybill("db", "move", "--to", "jdbc:postgresql://h/d?password=geheim").err())
        .contains("--password-file")
        .doesNotContain("geheim");
    CommandLineRun notPostgres = waybill("db", "move", "--to", "jdbc:mysql://h/d");
    assertThat(notPostgres.code()).isEqualTo(2);
    assertThat(notPostgres.err()).contains("PostgreSQL only");
  }

  @Test
  void backupsAreRotated() throws Exception {
    Path backups = Files.createDirectory(directory.resolve("backups"));
    for (String day : List.of("20260101", "20260102", "20260103")) {
      Files.writeString(backups.resolve("waybill-" + day + "T000000Z.mv.db"), "old");
    }
    CommandLineRun run = waybill("db", "backup", backups.toString(), "--keep", "2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("deleted " + backups.resolve("waybill-20260101T000000Z.mv.db"));
    try (Stream<Path> left = Files.list(backups)) {
      assertThat(left).hasSize(2).contains(backups.resolve("waybill-20260103T000000Z.mv.db"));
    }
  }

  @Test
  void aServersStoreIsBackedUpByItsOwnTools() throws Exception {
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "connections:",
                """
                secrets: { pg: { env: PG } }
                daemon: { store: { url: "jdbc:postgresql://db.example:5433/ops", user: ops, password: "${secrets.pg}" } }
                connections:"""));
    CommandLineRun run = waybill("db", "backup");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "pg_dump --format=custom --file=waybill.dump \"postgresql://ops@db.example:5433/ops\"");
  }

  private void change(String... statements) throws SQLException {
    try (Store store = Store.openAsIs(StoreSettings.h2(state().resolve("store/waybill")));
        Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
