package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.mail.MailException;
import io.waybill.scheduler.SchedulerException;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What verbs say, and end with, when the PostgreSQL that holds the store does not let them in. */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before the tests
class DatabaseTroubleIT {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final String PASSWORD = "of-postgres-1402"; // no word that messages have

  private static EmbeddedPostgres postgres;

  @TempDir Path directory;

  private String database;

  @BeforeAll
  static void startPostgresThatAsksForPasswords() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create role locked login password 'right'");
      try (ResultSet row = statement.executeQuery("show hba_file")) {
        row.next();
        Path rules = Path.of(row.getString(1));
        Files.writeString(
            rules, "host all locked 127.0.0.1/32 scram-sha-256\n" + Files.readString(rules));
      }
      statement.execute("select pg_reload_conf()");
    }
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void makeADatabase() throws SQLException {
    database = "trouble" + DATABASES.incrementAndGet();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres", "postgres", PASSWORD);
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private Path jobFile(String url, String user) throws IOException {
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets: { pg: { env: PG } }
        daemon: { store: { url: "%s", user: %s, password: "${secrets.pg}" } }
        connections:
          outgoing: { type: smtp, host: 127.0.0.1, port: 9, tls: off, from: robot@waybill.test }
        jobs:
          copying:
            steps: { copy: { from: "%3$s/in/", to: "%3$s/out/" } }
        """
            .formatted(url, user, directory));
  }

  private CommandLineRun waybill(String password, String... arguments) {
    return waybill(Map.of("PG", password), "state", arguments);
  }

  private CommandLineRun waybill(
      Map<String, String> environment, String state, String... arguments) {
    List<String> line = new ArrayList<>(Arrays.asList(arguments));
    line.addAll(List.of("-c", directory.resolve("waybill.yml").toString()));
    line.addAll(List.of("--state", directory.resolve(state).toString()));
    return CommandLineRun.of(environment, line.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs", "jobs", "run copying", "outbox list", "db check", "daemon"})
  void aServerThatIsNotThereIsNamed(String verb) throws IOException {
    String url = url(closedPort());
    jobFile(url, "postgres");

    CommandLineRun run = waybill(PASSWORD, verb.split(" ", -1));

    assertThat(run.code()).as(run.err()).isEqualTo(4);
    assertThat(run.err())
        .startsWith("waybill: the database " + url + " cannot be reached: Connection refused")
        .contains("see that it runs")
        .doesNotContain("waybill-store", "pool");
  }

  @Test
  void aHostThatNobodyHasIsNamed() throws IOException {
    jobFile("jdbc:postgresql://nobody.invalid/store", "postgres");

    CommandLineRun run = waybill(PASSWORD, "runs", "-o", "json");

    assertThat(run.code()).isEqualTo(4);
    assertThat(Plain.map(Json.readObject(run.out()), "error"))
        .containsEntry("kind", "connection")
        .hasEntrySatisfying(
            "message", words -> assertThat((String) words).contains("no host is called nobody"));
  }

  @Test
  void aWrongPasswordIsARefusedLogin() throws IOException {
    String url = url(postgres.getPort());
    jobFile(url, "locked");

    CommandLineRun run = waybill("none-of-postgres-77", "runs");

    assertThat(run.code()).as(run.err()).isEqualTo(5);
    assertThat(run.err())
        .startsWith("waybill: the database " + url + " refused the login of \"locked\"")
        .contains("correct the user or the password")
        .doesNotContain("none-of-postgres-77");
  }

  @Test
  void aDatabaseThatIsNotThereIsAMistake() throws IOException {
    jobFile(url(postgres.getPort()) + "nosuch", "postgres");

    CommandLineRun run = waybill(PASSWORD, "runs");

    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains("there is no database jdbc:postgresql://", "create it");
  }

  @Test
  void aPasswordThatCannotBeHadIsAMistake() throws IOException {
    jobFile(url(postgres.getPort()), "postgres");
    CommandLineRun unset = waybill(Map.of(), "state", "runs");
    assertThat(unset.code()).as(unset.err()).isEqualTo(2);
    assertThat(unset.err())
        .endsWith(
            " \"pg\": environment variable PG is not set; set it for the process that runs waybill\n");

    Files.writeString(directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\njobs: {}\n");
    assertThat(waybill(Map.of(), "state", "runs").code()).as("makes a store").isZero();
    CommandLineRun move =
        waybill(
            Map.of(),
            "state",
            "db",
            "move",
            "--to",
            url(postgres.getPort()),
            "--password-env",
            "NOT_SET");
    assertThat(move.code()).as(move.err()).isEqualTo(2);
    assertThat(move.err())
        .contains(" \"--password-env\": environment variable NOT_SET is not set; set it")
        .doesNotContain("initialize");
  }

  @Test
  void aStateDirectoryWhoseStoreIsAtAServerIsNotTakenForAnEmptyOne() throws IOException {
    String url = url(postgres.getPort());
    jobFile(url + "?connectTimeout=5", "postgres");
    assertThat(waybill(PASSWORD, "runs").code()).isZero();

    String state = directory.resolve("state").toString();
    for (String verb : List.of("runs", "jobs", "outbox list", "db check")) {
      List<String> line = new ArrayList<>(Arrays.asList(verb.split(" ", -1)));
      line.addAll(List.of("--state", state));
      CommandLineRun run = CommandLineRun.of(Map.of(), line.toArray(String[]::new));
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err())
          .contains("whose store is " + url + "; name its job file with -c FILE")
          .doesNotContain("connectTimeout");
    }
    Files.writeString(directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\njobs: {}\n");
    CommandLineRun elsewhere = waybill("", "runs");
    assertThat(elsewhere.code()).as(elsewhere.err()).isEqualTo(2);
    assertThat(elsewhere.err()).contains("if its store is to be here from now on, remove " + state);
    Files.delete(directory.resolve("state/store-address"));
    assertThat(waybill("", "runs").code()).isZero();
  }

  @Test
  void aStoreThatWasNotMovedIsNotLeftBehind() throws IOException {
    Files.writeString(directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\njobs: {}\n");
    assertThat(waybill("", "runs").code()).as("makes a store").isZero();

    String url = url(postgres.getPort());
    jobFile(url, "postgres");
    for (String verb : List.of("runs", "daemon", "db check")) {
      CommandLineRun run = waybill(PASSWORD, verb.split(" ", -1));
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err()).contains(url + "; take it there: waybill db move -c FILE; or put ");
    }
    CommandLineRun move = waybill(PASSWORD, "db", "move");
    assertThat(move.code()).as(move.err()).isZero();
    assertThat(waybill(PASSWORD, "runs").code()).isZero();
  }

  @Test
  void aNameThatALiveNodeHasIsTaken() throws IOException {
    Path file = jobFile(url(postgres.getPort()), "postgres");
    try (Daemon daemon = daemon(file, "one", "twin")) {
      CommandLineRun second = waybill(Map.of("PG", PASSWORD), "two", "daemon", "--node", "twin");

      assertThat(daemon.waybill().liveRuns()).isEmpty();
      assertThat(second.code()).as(second.err()).isEqualTo(12);
      assertThat(second.err()).contains("a live daemon is called \"twin\"");
    }
  }

  private Daemon daemon(Path file, String state, String node) throws IOException {
    Configuration configuration =
        JobFiles.load(List.of(file), Map.of("PG", PASSWORD)).withNode(node);
    return Daemon.start(
        configuration,
        Waybill.builder(configuration).state(directory.resolve(state)),
        directory.resolve(state).resolve("daemon.json"));
  }

  private void endConnections() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
              + database
              + "'");
    }
  }

  @Test
  void aServerThatGoesAwayUnderADaemonIsNamedByEachOfItsVerbs() throws Exception {
    try (FaultyProxy way = FaultyProxy.inFrontOf(postgres.getPort())) {
      String url = url(way.port());
      Path file = jobFile(url, "postgres");
      try (Daemon daemon = daemon(file, "state", "node")) {
        assertThat(waybill(PASSWORD, "runs").code()).isZero();
        way.arm(FaultPlan.once(Fault.REFUSE, Direction.TO_TARGET, 0).onEveryConnection());
        endConnections();
        try {
          // the first to fail was connected, the others find no way
          for (int i = 0; i < 2; i++) {
            CommandLineRun runs = waybill(PASSWORD, "runs");
            assertThat(runs.code()).as(runs.err()).isEqualTo(4);
            assertThat(runs.err())
                .contains("the database " + url + " ", "see that it runs")
                .doesNotContain("waybill-store", "pool");
          }

          Waybill waybill = daemon.waybill();
          assertThat(catchThrowable(() -> waybill.runs(1)))
              .isInstanceOf(SchedulerException.StoreFailed.class)
              .hasMessageContaining("the database " + url + " ")
              .hasMessageContaining("see that it runs")
              .hasMessageNotContaining("waybill-store")
              .satisfies(e -> assertThat(FailureCause.of(e)).contains(FailureCause.CONNECTION));
          assertThat(catchThrowable(() -> waybill.outbox().find("01M7WFR7S56286110TVWHRJZ2N")))
              .isInstanceOf(MailException.StoreFailed.class)
              .hasMessageContaining("the database " + url + " cannot be reached")
              .satisfies(e -> assertThat(FailureCause.of(e)).contains(FailureCause.CONNECTION));
          assertThat(catchThrowable(() -> waybill.pause("copying")))
              .satisfies(e -> assertThat(FailureCause.of(e)).contains(FailureCause.CONNECTION));
        } finally {
          way.disarm();
        }
      }
    }
  }

  @Test
  void aJobThatANewerFileTookAwayIsNotTriggeredByAnOlderNode() throws IOException {
    Path file = jobFile(url(postgres.getPort()), "postgres");
    try (Daemon older = daemon(file, "state", "older")) {
      Files.writeString(file, Files.readString(file).replace("copying:", "moving:"));
      try (Daemon newer = daemon(file, "two", "newer")) {
        assertThat(newer.waybill().jobs()).hasSize(1);
        assertThat(older.waybill().liveRuns()).isEmpty();

        CommandLineRun run = waybill(PASSWORD, "trigger", "copying");

        assertThat(run.code()).as(run.err()).isEqualTo(3);
        assertThat(run.err())
            .startsWith(
                "waybill: job \"copying\" is in this daemon's job file, and not in the newest")
            .contains("\"waybill run copying\"");
      }
    }
  }
}
