package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.AuditEntry;
import io.waybill.scheduler.store.AuditVerdict;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.ForkedJvm;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill db move} to a real PostgreSQL, with runs in flight. */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before the tests
class StoreMoveIT {
  private static final Duration GUARD = Duration.ofSeconds(60);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final String CHUNKS = "wb_mail_outbox_chunk";

  private static EmbeddedPostgres postgres;

  @TempDir Path directory;

  private String url;
  private Path file;

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void makeADatabaseAndAJobFile() throws Exception {
    String name = "moved" + DATABASES.incrementAndGet();
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    url = "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + name;
    Files.createDirectories(directory.resolve("in"));
    Files.writeString(directory.resolve("in/a.csv"), "a;b");
    file =
        Files.writeString(
            directory.resolve("h2.yml"),
            """
            version: 1
            timezone: UTC
            secrets: { pg: { env: PG } }
            connections:
              outgoing: { type: smtp, host: 127.0.0.1, port: 9, tls: off, from: robot@waybill.test }
            jobs:
              copying:
                schedule: { every: 1h }
                steps: { copy: { from: "%1$s/in/", to: "%1$s/out/" } }
              resting:
                schedule: { every: 1s }
                steps: { copy: { from: "%1$s/in/", to: "%1$s/out/" } }
            """
                .formatted(directory));
  }

  private static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + database,
        "postgres",
        "move-it-4711");
  }

  private String database() {
    return url.substring(url.lastIndexOf('/') + 1);
  }

  /** Returns the same job file, with its store at the server. */
  private Path atTheServer(Path h2) throws IOException {
    return Files.writeString(
        directory.resolve("server.yml"),
        Files.readString(h2)
            .replace("secrets: {", "secrets: { pg: { env: PG },")
            .replace(
                "secrets: { pg: { env: PG }, pg: { env: PG } }", "secrets: { pg: { env: PG } }")
            .replace("secrets:\n", "secrets:\n  pg: { env: PG }\n")
            .replace(
                "connections:",
                "daemon: { store: { url: \"%s\", user: postgres, password: \"${secrets.pg}\" } }%nconnections:"
                    .formatted(url)));
  }

  private CommandLineRun waybill(Path jobFile, String... arguments) {
    List<String> line = new ArrayList<>(Arrays.asList(arguments));
    line.addAll(List.of("-c", jobFile.toString()));
    return CommandLineRun.of(environment(), line.toArray(String[]::new));
  }

  private Map<String, String> environment() {
    return Map.of("WAYBILL_STATE", state().toString(), "PG", "move-it-4711");
  }

  private CommandLineRun move(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of("db", "move", "--to", url, "--user", "postgres", "--password-env", "PG"));
    line.addAll(Arrays.asList(more));
    return waybill(file, line.toArray(String[]::new));
  }

  private Path state() {
    return directory.resolve("state");
  }

  private Path place() {
    return state().resolve("store/waybill");
  }

  private long countAtTheServer(String table) throws SQLException {
    try (Connection connection = connect(database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void everythingThatWaitedGoesOnAtTheServer() throws Exception {
    String queued;
    try (Waybill waybill = open(file)) {
      waybill.start();
      waybill.pause("resting");
    }
    queued = fillByHand();
    CommandLineRun before = waybill(file, "db", "check", "-o", "json");
    assertThat(before.code()).as(before.out()).isZero();

    CommandLineRun moved = move("-o", "json");

    assertThat(moved.code()).as(moved.err()).isZero();
    Map<String, Object> form = Json.readObject(moved.out());
    assertThat(form).containsEntry("schema", "waybill.db-move/1").containsEntry("to", url);
    assertThat(Plain.maps(form, "tables"))
        .as("as a check of the old store counted and digested them")
        .allSatisfy(
            table ->
                assertThat(Plain.maps(Json.readObject(before.out()), "tables")).contains(table));
    assertThat(rows(form, "wb_mail_outbox")).isEqualTo(1);
    assertThat(rows(form, "wb_mail_mailbox")).isEqualTo(2);
    assertThat(rows(form, "wb_measure")).isEqualTo(1);
    assertThat(rows(form, "qrtz_simprop_triggers")).isEqualTo(2);
    assertThat(moved.err()).contains("the daemon goes on there");

    CommandLineRun refused = waybill(file, "runs");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("was moved to " + url, "daemon.store of the job file", "delete " + place());

    Path server = atTheServer(file);
    CommandLineRun check = waybill(server, "db", "check");
    assertThat(check.code()).as(check.out()).isZero();
    assertThat(waybill(server, "outbox", "list").out()).contains("queued", "you@waybill.test");
    try (Waybill waybill = open(server)) {
      waybill.start();
      assertThat(waybill.nextFiring("resting")).as("paused as it was").isEmpty();
      assertThat(waybill.nextFiring("copying")).isPresent();
      await()
          .atMost(GUARD)
          .untilAsserted(
              () ->
                  assertThat(waybill.find(queued))
                      .hasValueSatisfying(run -> assertThat(run.isSuccess()).isTrue()));
    }
    try (Connection connection = connect(database());
        Statement statement = connection.createStatement()) {
      statement.execute("insert into wb_mail_mailbox (account, folder) values ('a', 'new')");
      try (ResultSet row =
          statement.executeQuery("select id from wb_mail_mailbox where folder = 'new'")) {
        row.next();
        assertThat(row.getLong(1)).as("the number after the store's own").isEqualTo(4);
      }
    }

    Files.delete(state().resolve("store/waybill.moved"));
    CommandLineRun halfway = waybill(file, "db", "check");
    assertThat(halfway.code()).isEqualTo(2);
    assertThat(halfway.err()).contains("remove " + state().resolve("store-address"));
    Files.delete(state().resolve("store-address"));
    assertThat(waybill(file, "db", "check").code()).as("the way back").isZero();
  }

  /** A run that waits without a trigger, mail that waits, ledgers, and words of all kinds. */
  private String fillByHand() throws SQLException {
    assertThat(
            waybill(
                    file,
                    "send",
                    "--to",
                    "you@waybill.test",
                    "--subject",
                    "Été 🚚",
                    "--text",
                    "t".repeat(700_000),
                    "--queue")
                .code())
        .isZero();
    try (Store store = Store.openAsIs(StoreSettings.h2(place()))) {
      execute(
          store,
          "insert into wb_mail_mailbox (account, folder, since) values ('a', 'INBOX', timestamp"
              + " with time zone '2026-03-01 02:30:00.123456+05:30'), ('a', 'Done', null), ('a',"
              + " 'gone', null)",
          "delete from wb_mail_mailbox where folder = 'gone'",
          "insert into wb_measure values ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'copying', timestamp with"
              + " time zone '2026-03-01 02:30:00.123+05:30', 1, 2, 3, null)",
          "insert into wb_mail_inbound select id, 7, 8, 'FINISHING', 1, 'x', '', null, 'ü', since"
              + " from wb_mail_mailbox where folder = 'INBOX'");
      return RunStore.of(store, "node", InstantSource.system(), new Random(1))
          .enqueue("copying", TriggerKind.MANUAL, Instant.now(), "été 🚚", "{}")
          .orElseThrow()
          .id();
    }
  }

  private static void execute(Store store, String... statements) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private Waybill open(Path jobFile) {
    return Waybill.builder(JobFiles.load(List.of(jobFile), environment())).state(state()).open();
  }

  @Test
  void theAuditGoesOnAtTheServerAndEndsOfLogsAreThere() throws Exception {
    CommandLineRun run = waybill(file, "run", "copying", "-o", "json");
    assertThat(run.code()).as(run.err()).isZero();
    String id = Plain.text(Json.readObject(run.out()), "id");
    try (Waybill waybill = open(file)) {
      waybill.start();
    }
    AuditVerdict before = verdict(file);
    String log = waybill(file, "logs", id).out();

    assertThat(move().code()).isZero();

    Path server = atTheServer(file);
    assertThat(verdict(server))
        .isInstanceOfSatisfying(
            AuditVerdict.Whole.class,
            whole -> assertThat(whole.rows()).isEqualTo(((AuditVerdict.Whole) before).rows() + 1));
    try (Waybill waybill = open(server)) {
      AuditEntry newest = waybill.audit().newest(Instant.EPOCH, 1).get(0);
      assertThat(newest.before()).isEqualTo(((AuditVerdict.Whole) before).head());
      assertThat(newest.act().action()).isEqualTo("db.move");
      assertThat(newest.act().subject()).isEqualTo(url);
      assertThat(newest.act().detail()).contains(place().toString());
      waybill.start(); // with the same jobs
      assertThat(waybill.audit().newest(Instant.EPOCH, 1)).containsExactly(newest);
      assertThat(waybill.forget(GUARD)).isTrue();
    }
    assertThat(verdict(server)).isInstanceOf(AuditVerdict.Whole.class);
    try (Stream<Path> logs = Files.walk(state().resolve("runs"))) {
      for (Path each : logs.filter(Files::isRegularFile).toList()) {
        Files.delete(each);
      }
    }
    assertThat(waybill(server, "logs", id).out())
        .isEqualTo(log)
        .contains("event=run-ended state=SUCCEEDED");
    assertThat(waybill(server, "db", "check").code()).isZero();
  }

  private AuditVerdict verdict(Path jobFile) {
    try (Waybill waybill = open(jobFile)) {
      return waybill.audit().verify();
    }
  }

  private static long rows(Map<String, Object> form, String table) {
    return Plain.maps(form, "tables").stream()
        .filter(each -> table.equals(each.get("table")))
        .mapToLong(each -> Plain.number(each, "rows"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRunInTheMiddleOfACopyGoesOnAtTheServer() throws Exception {
    int size = 40 << 20;
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path offered = spine.offer("big.bin", size);
      file = spine.jobFile("description: on demand");
      spine.hubProxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 24L << 20)
              .holding(Duration.ofSeconds(5)));
      String id;
      try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", GUARD);
        id = String.valueOf(client(spine).trigger("spine", Map.of()).get("id"));
        await().atMost(GUARD).until(() -> spine.hubProxy.strikes() == 1);
        Thread.sleep(1500); // the receiver flushes what it has every second
        daemon.kill();
      }
      spine.hubProxy.disarm();

      CommandLineRun moved = move();

      assertThat(moved.code()).as(moved.err()).isZero();
      Path server = atTheServer(file);
      try (ForkedJvm daemon =
          ForkedJvm.running(Main.class)
              .args("daemon", "-c", server.toString())
              .environment("WAYBILL_STATE", state().toString())
              .environment("PG", "move-it-4711")
              .start()) {
        daemon.awaitLine(".*control channel.*", GUARD);
        ControlClient client = client(spine);
        await()
            .atMost(GUARD)
            .untilAsserted(() -> assertThat(client.run(id)).containsEntry("state", "succeeded"));
        assertThat(client.run(id)).containsEntry("recovered", true);
        assertThat(client.runs(10)).hasSize(1);
        assertThat(client.run(id).toString()).contains("interrupted");
      }
      assertThat(SpineFixture.sha256(spine.inHub("big.bin")))
          .isEqualTo(SpineFixture.sha256(offered));
    }
  }

  private static ControlClient client(SpineFixture spine) {
    return new ControlClient(DaemonFile.ofLiveDaemon(spine.state().daemonFile()).orElseThrow());
  }

  @Test
  void aMoveThatIsKilledLeavesTheStoreUsableAndNoRowAtTheServer() throws Exception {
    open(file).close();
    fillWithContent(400);
    for (int round = 1; round <= 2; round++) {
      try (ForkedJvm moving =
          ForkedJvm.running(Main.class)
              .args(
                  "db",
                  "move",
                  "--to",
                  url,
                  "--user",
                  "postgres",
                  "--password-env",
                  "PG",
                  "-c",
                  file.toString())
              .environment("WAYBILL_STATE", state().toString())
              .environment("PG", "move-it-4711")
              .start()) {
        await().pollInterval(Duration.ofMillis(1)).atMost(GUARD).until(this::isReceiving);
        assertThat(moving.isAlive()).isTrue();
        moving.kill();
      }
      await().atMost(GUARD).until(() -> !isReceiving());
      assertThat(state().resolve("store/waybill.moved")).doesNotExist();
      assertThat(countAtTheServer(CHUNKS)).isZero();
      assertThat(countAtTheServer("wb_mail_outbox")).isZero();
      assertThat(waybill(file, "db", "check").code()).isZero();
    }

    CommandLineRun moved = move();

    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(countAtTheServer(CHUNKS)).isEqualTo(400);
  }

  private void fillWithContent(int chunks) throws SQLException {
    try (Store store = Store.openAsIs(StoreSettings.h2(place()));
        Connection connection = store.dataSource().getConnection()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "insert into wb_mail_outbox (id, dedupe_key, state, owner, fence, attempts, message_id,"
                + " sender, subject, size_bytes, sha256, enqueued_at, updated_at) values"
                + " ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'k', 'SENT', '', 0, 1, 'm', 's', 's', 1,"
                + " 'sha-256:x', current_timestamp, current_timestamp)");
        statement.execute(
            "insert into wb_mail_outbox_recipient values ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 0, 'a',"
                + " 'ACCEPTED', 'DATA', 250, 'ok')");
      }
      byte[] content = new byte[256 << 10];
      new Random(1).nextBytes(content);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into wb_mail_outbox_chunk values ('01ARZ3NDEKTSV4RRFFQ69G5FAV', ?, ?)")) {
        for (int i = 0; i < chunks; i++) {
          insert.setInt(1, i);
          insert.setBytes(2, content);
          insert.executeUpdate();
        }
      }
    }
  }

  private boolean isReceiving() throws SQLException {
    try (Connection connection = connect("postgres");
        PreparedStatement statement =
            connection.prepareStatement(
                "select 1 from pg_stat_activity where datname = ? and query ilike 'insert into%'"
                    + " || ? || '%'")) {
      statement.setString(1, database());
      statement.setString(2, CHUNKS);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  @Test
  void aDatabaseThatIsNotEmptyIsRefusedAndLeftAlone() throws Exception {
    open(file).close();
    try (Connection connection = connect(database());
        Statement statement = connection.createStatement()) {
      statement.execute("create table customers (id uuid primary key)");
      statement.execute("insert into customers values (gen_random_uuid())");
    }
    CommandLineRun refused = move();
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("is not empty", "customers", "nothing was moved");
    try (Connection connection = connect(database());
        ResultSet tables = connection.getMetaData().getTables(null, "public", "%", null)) {
      while (tables.next()) {
        assertThat(tables.getString("TABLE_NAME")).startsWith("customers");
      }
    }
    assertThat(waybill(file, "runs").code()).isZero();
  }

  @Test
  void whatPostgresCannotKeepIsNamedAndNothingIsMoved() throws Exception {
    open(file).close();
    try (Store store = Store.openAsIs(StoreSettings.h2(place()))) {
      RunStore.of(store, "node", InstantSource.system(), new Random(1))
          .enqueue("copying", TriggerKind.MANUAL, Instant.now(), "a\0b", "{}");
    }
    CommandLineRun refused = move();
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("table wb_run", "nothing was moved");
    assertThat(countAtTheServer("wb_run")).isZero();
    assertThat(waybill(file, "runs").code()).isZero();
  }

  @Test
  void aStoreOfAnOlderVersionIsUpgradedFirst() throws Exception {
    open(file).close();
    try (Store store = Store.openAsIs(StoreSettings.h2(place()))) {
      execute(
          store,
          "delete from \"wb_mail_schema_history\" where \"version\" = (select max(\"version\") from"
              + " \"wb_mail_schema_history\")");
    }
    CommandLineRun refused = move();
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("the mail's tables", "open the store with this program once");
  }

  @Test
  void whereNothingIsToBeMovedOrNobodyAnswersIsSaid() throws Exception {
    CommandLineRun none = move();
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("there is no store");

    open(file).close();
    url = "jdbc:postgresql://127.0.0.1:9/none";
    CommandLineRun nobody = move();
    assertThat(nobody.code()).isEqualTo(4);
    assertThat(nobody.err()).contains("the database " + url + " cannot be reached");
    assertThat(waybill(file, "runs").code()).isZero();
  }
}
