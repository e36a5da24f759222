package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.StepJournal;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunBelongings;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunTables;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import io.waybill.testkit.SettableClock;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The rows of steps and items in PostgreSQL: as many as a run may have, whatever they are called.
 */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // set before all tests
class StepStorePostgresIT {
  private static final int MOST_ITEMS = 10_000;
  private static final String ODD = "it's \"\\ \uD83D\uDCE6 \u0001 ä\n" + "x".repeat(2_000);

  private static EmbeddedPostgres postgres;
  private static Store store;
  private static RunStore runs;
  private static StepStore steps;

  @BeforeAll
  static void open() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
    store = Store.open(StoreSettings.jdbc(url(), "postgres", () -> "Streichholz-4711"));
    JobsSchema.migrate(store.dataSource());
    runs = RunStore.of(store, "one", SettableClock.at("2026-06-01T00:00:00Z"), new Random(1));
    steps = new StepStore(RunTables.of(store, runs));
  }

  @AfterAll
  static void close() throws IOException {
    store.close();
    postgres.close();
  }

  private static String url() {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
  }

  private Run run(String job) {
    return runs.open(
            job, TriggerKind.MANUAL, SettableClock.at("2026-06-01T00:00:00Z").instant(), "")
        .orElseThrow();
  }

  @Test
  void stepsKeepTheirOrderAndAreBegunOnce() {
    Run run = run("ordered");
    for (String id : List.of("z", "a", "it's", "z")) {
      steps.begin(run, id, "copy");
    }

    assertThat(steps.list(run.id()))
        .extracting(StepStore.Begun::id)
        .containsExactly("z", "a", "it's");
  }

  @Test
  void itemsAreFoundByWhatTheyAreAndReplacedByALaterReceipt() {
    Run run = run("items");
    steps.begin(run, "copy", "copy");
    StepJournal journal = steps.items(run, "copy", 1);
    journal.done(ODD, Map.of("state", "BEGUN", "said", ODD));
    journal.done("other", Map.of());
    journal.done(ODD, Map.of("state", "DONE"));

    assertThat(journal.find(ODD)).contains(Map.of("state", "DONE"));
    assertThat(journal.find("none")).isEmpty();
    assertThat(journal.items()).hasSize(2).containsKey("other");
    assertThat(steps.items(run.id(), "another")).isEmpty();
  }

  @Test
  void asManyItemsAsARunTakesAreWrittenAtOnceAndForgottenInPieces() throws Exception {
    Run run = run("many");
    steps.begin(run, "each", "each");
    Map<String, Map<String, Object>> receipts = new LinkedHashMap<>();
    for (int i = 0; i < MOST_ITEMS; i++) {
      receipts.put("item " + i, Map.of("number", (long) i, "name", "o'Neill " + i));
    }
    steps.replaceItems(run, "each", Map.of("of before", Map.of()));
    steps.replaceItems(run, "each", receipts);
    assertThat(steps.items(run.id(), "each").values())
        .hasSize(MOST_ITEMS)
        .contains(Map.of("number", 9_999L, "name", "o'Neill 9999"));

    List<Integer> deleted = new ArrayList<>();
    RunBelongings belongings = StepStore.belongings(gone -> {});
    try (Connection connection =
        DriverManager.getConnection(url(), "postgres", "Streichholz-4711")) {
      int last;
      do {
        last = belongings.delete(connection, run.id(), 3_000);
        deleted.add(last);
      } while (last >= 3_000);
    }

    assertThat(deleted).containsExactly(3_000, 3_000, 3_000, 1_001); // with the step itself
    assertThat(steps.list(run.id())).isEmpty();
    assertThat(steps.items(run.id(), "each")).isEmpty();
  }
}
