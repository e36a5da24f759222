package io.waybill;

import static io.waybill.ScriptedStep.NOTHING;
import static io.waybill.ScriptedStep.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection.Login;
import io.waybill.jobs.Connections;
import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.ItemRecord;
import io.waybill.jobs.ItemState;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.expression.TemplateParser;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.RunState;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Items whose rows are in PostgreSQL: many at a time write them, and a run that one node leaves in
 * the middle is another one's.
 */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before all tests
class EachPostgresIT {
  private static final int ITEMS = 60;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static EmbeddedPostgres postgres;

  @TempDir Path directory;
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @Test
  void anotherNodeGoesOnInTheMiddleOfTheListAndOfAnItem() throws Exception {
    CountDownLatch stuck = new CountDownLatch(4);
    AtomicBoolean hang = new AtomicBoolean(true);
    List<StepDefinition> steps =
        List.of(
            step(
                "first",
                TemplateParser.parse("${item.name}", Position.NONE),
                (said, call) -> {
                  heard.add("first " + said.text());
                  return NOTHING;
                }),
            step(
                "second",
                TemplateParser.parse("${item.name}", Position.NONE),
                (said, call) -> {
                  boolean isLate = said.text().compareTo(name(ITEMS / 2)) >= 0;
                  if (isLate && hang.get()) {
                    stuck.countDown();
                    Thread.sleep(Duration.ofMinutes(5).toMillis());
                  }
                  heard.add("second " + said.text());
                  return new StepResult(Map.of("told", "it's \"" + said.text() + "\""), 1);
                }));
    JobDefinition job = job("middle", steps, Duration.ofMillis(1));
    String id;
    try (Waybill one = open("one", job)) {
      one.start();
      id = one.trigger("middle", Map.of());
      stuck.await();
    }
    List<String> before = List.copyOf(heard);
    assertThat(before).contains("second " + name(0)).doesNotContain("second " + name(ITEMS - 1));
    hang.set(false);

    try (Waybill two = open("two", job)) {
      two.start();
      await().atMost(LONGEST).until(() -> two.find(id).orElseThrow().run().state().isFinished());

      RunRecord record = two.find(id).orElseThrow();
      assertThat(record.run().message()).isEqualTo("each: all " + ITEMS + " items succeeded");
      assertThat(record.items())
          .hasSize(ITEMS)
          .extracting(ItemRecord::name)
          .startsWith(name(0), name(1))
          .endsWith(name(ITEMS - 1));
    }
    assertThat(heard).hasSize(2 * ITEMS).doesNotHaveDuplicates();
  }

  @Test
  void anItemThatWaitsIsTriedAgainAfterARestartAndTheOthersAreNot() {
    AtomicBoolean isReady = new AtomicBoolean();
    JobDefinition job =
        job(
            "waiting",
            List.of(
                step(
                    "do",
                    TemplateParser.parse("${item.name}", Position.NONE),
                    (said, call) -> {
                      if (said.text().equals(name(7)) && !isReady.get()) {
                        throw new JobException.NotYet("not yet");
                      }
                      heard.add(said.text());
                      return NOTHING;
                    })),
            Duration.ofSeconds(2));
    String id;
    try (Waybill one = open("one", job)) {
      one.start();
      id = one.trigger("waiting", Map.of());
      RunRecord waiting =
          await()
              .atMost(LONGEST)
              .until(
                  () -> one.find(id).orElseThrow(),
                  record -> record.run().state() == RunState.RETRYING);
      assertThat(waiting.run().message()).isEqualTo("of " + ITEMS + " items 1 to be tried again");
      assertThat(waiting.items())
          .filteredOn(item -> item.state() != ItemState.SUCCEEDED)
          .extracting(item -> item.name() + " " + item.state())
          .containsExactly(name(7) + " WAITING");
    }
    assertThat(heard).hasSize(ITEMS - 1).doesNotContain(name(7));
    isReady.set(true);
    try (Waybill again = open("one", job)) {
      again.start();
      await().atMost(LONGEST).until(() -> again.find(id).orElseThrow().isSuccess());
    }
    assertThat(heard).hasSize(ITEMS).doesNotHaveDuplicates().endsWith(name(7));
  }

  // what a database could mistake: quotes, a backslash, what is not in its usual alphabet
  private static String name(int number) {
    return "%03d o'Neill \\ \"\uD83D\uDCE6\" ä".formatted(number);
  }

  private static JobDefinition job(String name, List<StepDefinition> steps, Duration delay) {
    List<Object> files =
        IntStream.range(0, ITEMS)
            .<Object>mapToObj(
                i -> Map.of("location", "/in/" + name(i), "name", name(i), "size", (long) i))
            .toList();
    return JobDefinition.builder(name, ZoneOffset.UTC)
        .retry(RetryPolicy.builder().maxAttempts(1_000).backoff(delay, delay, 1).jitter(0).build())
        .steps(
            Hook.STEPS,
            List.of(step("pull", (said, call) -> new StepResult(Map.of("files", files), 0))))
        .each(
            new EachDefinition(
                List.of(TemplateParser.parse("${steps.pull.files}", Position.NONE)),
                4,
                Map.of(Hook.STEPS, steps),
                Position.NONE))
        .build();
  }

  private Waybill open(String node, JobDefinition... jobs) {
    Configuration.Daemon usual = Configuration.Daemon.DEFAULTS;
    Configuration.Jdbc store =
        new Configuration.Jdbc(
            "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
            Optional.of(
                new Login(
                    "postgres", new Secret("postgres", () -> "Streichholz-4711", value -> {}))));
    Configuration configuration =
        new Configuration(
            ZoneOffset.UTC,
            new Configuration.Daemon(
                new Configuration.Records(store, usual.keepAudit()),
                usual.listen(),
                usual.rate(),
                usual.outbox(),
                usual.node()),
            Map.of(),
            Connections.none(),
            List.of(jobs));
    return Waybill.builder(configuration.withNode(node)).state(directory.resolve(node)).open();
  }
}
