package io.waybill;

import static io.waybill.ScriptedStep.NOTHING;
import static io.waybill.ScriptedStep.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.ItemRecord;
import io.waybill.jobs.ItemState;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.TemplateParser;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.json.RunForm;
import io.waybill.mail.MailException;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a job does for each item of a list, over a real store, with steps that tests say. */
@Timeout(60)
class EachIT {
  @TempDir Path state;
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
  private final Map<Hook, List<StepDefinition>> steps = new EnumMap<>(Hook.class);
  private final Map<Hook, List<StepDefinition>> ofJob = new EnumMap<>(Hook.class);
  private Duration delay = Duration.ofMillis(1);
  private int concurrency = 1;

  @Test
  void stepsAreDoneForEachItemInTheOrderOfTheList() {
    steps.put(Hook.STEPS, List.of(hearing("do", "${item}")));

    RunRecord record = run("c", "a", "b");

    assertThat(heard).containsExactly("do c", "do a", "do b");
    assertThat(record.run().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(record.run().message()).isEqualTo("each: all 3 items succeeded");
    assertThat(record.items())
        .extracting(item -> item.number() + " " + item.name() + " " + item.state())
        .containsExactly("1 c SUCCEEDED", "2 a SUCCEEDED", "3 b SUCCEEDED");
  }

  @Test
  void itemsAreWhatAnEarlierStepHasLeftAndTheirPartsCanBeRead() {
    ofJob.put(
        Hook.STEPS,
        List.of(
            step(
                "pull",
                (said, call) ->
                    new StepResult(
                        Map.of("files", List.of(file("/in/a", 3), file("/in/b", 4))), 7))));
    steps.put(
        Hook.STEPS, List.of(hearing("do", "${item.location} of ${steps.pull.files | count}")));

    assertThat(run(template("${steps.pull.files}")).isSuccess()).isTrue();
    assertThat(heard).containsExactly("do /in/a of 2", "do /in/b of 2");
  }

  @Test
  void aStepOfAnItemSeesWhatTheItemsOwnStepsHaveLeft() {
    steps.put(
        Hook.STEPS,
        List.of(
            step(
                "one",
                template("${item}"),
                (said, call) -> new StepResult(Map.of("x", "of " + said.text()), 0)),
            hearing("two", "${item} ${steps.one.x}")));
    concurrency = 2;

    assertThat(run("a", "b").isSuccess()).isTrue();
    assertThat(heard).containsExactlyInAnyOrder("two a of a", "two b of b");
  }

  @Test
  void anEmptyListSucceedsAndSaysSo() {
    ofJob.put(
        Hook.STEPS,
        List.of(step("pull", (said, call) -> new StepResult(Map.of("files", List.of()), 0))));
    steps.put(Hook.STEPS, List.of(hearing("do", "${item}")));

    RunRecord record = run(template("${steps.pull.files}"));

    assertThat(record.isSuccess()).isTrue();
    assertThat(record.run().message()).isEqualTo("each: there were no items");
    assertThat(heard).isEmpty();
  }

  @Test
  void aFailureStopsNoOtherItemAndTheRunIsPartial() {
    steps.put(Hook.STEPS, List.of(failing("b"), hearing("after", "${item}")));
    steps.put(Hook.ON_SUCCESS, List.of(hearing("good", "${item}")));
    steps.put(Hook.ON_FAILURE, List.of(hearing("bad", "${item}: ${run.error.summary}")));
    ofJob.put(
        Hook.ALWAYS, List.of(hearing("end", "${each.succeeded}/${each.failed}/${each.items}")));

    RunRecord record = run("a", "b", "c");

    assertThat(heard)
        .containsExactly(
            "after a", "good a", "bad b: step \"fail\": no b", "after c", "good c", "end 2/1/3");
    assertThat(record.run().state()).isEqualTo(RunState.PARTIAL);
    assertThat(record.run().failureClass()).contains(FailureClass.PERMANENT);
    assertThat(record.run().message())
        .isEqualTo("each: of 3 items 1 failed: b: step \"fail\": no b");
    assertThat(record.items())
        .extracting(ItemRecord::state)
        .containsExactly(ItemState.SUCCEEDED, ItemState.FAILED, ItemState.SUCCEEDED);
  }

  @Test
  void theRunHasFailedIfAllItemsHaveAndNamesTheFirst() {
    steps.put(Hook.STEPS, List.of(failing("a", "b", "c", "d", "e")));

    RunRecord record = run("a", "b", "c", "d", "e");

    assertThat(record.run().state()).isEqualTo(RunState.FAILED);
    assertThat(record.run().message())
        .startsWith("each: of 5 items 5 failed: a: step \"fail\": no a; b: ")
        .endsWith("; and 2 more");
  }

  @Test
  void anItemOfUnknownOutcomeIsNeitherRetriedNorCalledFailed() {
    AtomicInteger tries = new AtomicInteger();
    steps.put(
        Hook.STEPS,
        List.of(
            step(
                "mail",
                (said, call) -> {
                  tries.incrementAndGet();
                  throw new MailException.Ambiguous("smtp:25", "<1@test>");
                })));

    RunRecord record = run("a");

    assertThat(record.run().state()).isEqualTo(RunState.UNKNOWN);
    assertThat(record.items().get(0).state()).isEqualTo(ItemState.UNKNOWN);
    assertThat(tries).hasValue(1);
  }

  @Test
  void asManyItemsAsAllowedAreWorkedOnAtTheSameTime() {
    CyclicBarrier together = new CyclicBarrier(3);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    steps.put(
        Hook.STEPS,
        List.of(
            step(
                "meet",
                (said, call) -> {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  try {
                    together.await(20, TimeUnit.SECONDS);
                  } catch (java.util.concurrent.BrokenBarrierException
                      | java.util.concurrent.TimeoutException e) {
                    throw new IllegalStateException(e);
                  } finally {
                    now.decrementAndGet();
                  }
                  return NOTHING;
                })));
    concurrency = 3;

    assertThat(run("a", "b", "c", "d", "e", "f").isSuccess()).isTrue();
    assertThat(most).hasValue(3);
  }

  @Test
  void anItemThatWaitsForItsNextAttemptHoldsUpNoOther() {
    steps.put(Hook.STEPS, List.of(flaky("a", 2), hearing("done", "${item}")));
    delay = Duration.ofMillis(500);

    RunRecord record = run("a", "b", "c");

    assertThat(record.isSuccess()).isTrue();
    assertThat(heard).containsExactly("done b", "done c", "done a");
    assertThat(record.items().get(0).attempts())
        .extracting(Attempt::state)
        .containsExactly(
            AttemptState.FAILED,
            AttemptState.FAILED,
            AttemptState.SUCCEEDED,
            AttemptState.SUCCEEDED);
  }

  @Test
  void aRetryOfAnItemIsDurableAndFinishedItemsAreNotDoneAgain() {
    steps.put(Hook.STEPS, List.of(flaky("b", 1), hearing("done", "${item}")));
    delay = Duration.ofSeconds(3);
    String id;
    try (Waybill waybill = open(items("a", "b", "c"))) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      await().until(() -> waybill.find(id).orElseThrow().run().dueAt().isPresent());
      RunRecord waiting = waybill.find(id).orElseThrow();
      assertThat(waiting.run().state()).isEqualTo(RunState.RETRYING);
      assertThat(waiting.run().message()).isEqualTo("of 3 items 1 to be tried again");
      assertThat(waiting.items())
          .extracting(ItemRecord::state)
          .containsExactly(ItemState.SUCCEEDED, ItemState.WAITING, ItemState.SUCCEEDED);
    }
    assertThat(heard).containsExactly("done a", "done c");
    try (Waybill waybill = open(items("a", "b", "c"))) {
      waybill.start();
      await().until(() -> waybill.find(id).orElseThrow().isSuccess());
      assertThat(heard).containsExactly("done a", "done c", "done b");
    }
  }

  @Test
  void aRunThatWasShutDownGoesOnInTheMiddleOfAnItem() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean(true);
    steps.put(
        Hook.STEPS,
        List.of(
            hearing("first", "${item}"),
            step(
                "second",
                template("${item}"),
                (said, call) -> {
                  if (said.text().equals("b") && hang.get()) {
                    waiting.countDown();
                    Thread.sleep(Duration.ofMinutes(5).toMillis());
                  }
                  heard.add("second " + said.text());
                  return NOTHING;
                })));
    String id;
    try (Waybill waybill = open(items("a", "b", "c"))) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      waiting.await();
    }
    hang.set(false);
    try (Waybill waybill = open(items("a", "b", "c"))) {
      waybill.start();
      await().until(() -> waybill.find(id).orElseThrow().isSuccess());
    }
    assertThat(heard)
        .containsExactly("first a", "second a", "first b", "second b", "first c", "second c");
  }

  @Test
  void theListIsTheSameAfterARestartWhateverTheFileSaysThen() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean(true);
    steps.put(
        Hook.STEPS,
        List.of(
            step(
                "do",
                template("${item}"),
                (said, call) -> {
                  if (hang.get()) {
                    waiting.countDown();
                    Thread.sleep(Duration.ofMinutes(5).toMillis());
                  }
                  heard.add(said.text());
                  return NOTHING;
                })));
    String id;
    try (Waybill waybill = open(items("a", "b"))) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      waiting.await();
    }
    hang.set(false);
    try (Waybill waybill = open(items("x"))) {
      waybill.start();
      await().until(() -> waybill.find(id).orElseThrow().isSuccess());
    }
    assertThat(heard).containsExactly("a", "b");
  }

  @Test
  void twoItemsThatAreTheSameAreTwoItems() {
    Map<String, Integer> times = new ConcurrentHashMap<>();
    ofJob.put(
        Hook.STEPS,
        List.of(
            step(
                "pull",
                (said, call) ->
                    new StepResult(Map.of("files", List.of(file("/a", 1), file("/a", 1))), 0))));
    steps.put(
        Hook.STEPS,
        List.of(
            step(
                "do",
                (said, call) -> {
                  times.merge(call.attempt().stepId(), 1, Integer::sum);
                  return NOTHING;
                })));

    assertThat(run(template("${steps.pull.files}")).items()).hasSize(2);
    assertThat(times).hasSize(2).containsValues(1);
  }

  @Test
  void moreItemsThanOneRunTakesAreRefusedInWords() {
    ofJob.put(
        Hook.STEPS,
        List.of(
            step(
                "pull",
                (said, call) ->
                    new StepResult(
                        Map.of(
                            "files",
                            IntStream.rangeClosed(0, 10_000).mapToObj(i -> "f" + i).toList()),
                        0))));
    steps.put(Hook.STEPS, List.of(hearing("do", "${item}")));

    RunRecord record = run(template("${steps.pull.files}"));

    assertThat(record.run().failureClass()).contains(FailureClass.CONFIGURATION);
    assertThat(record.run().message())
        .contains("\"in\" of \"each\" has 10001 items, and one run takes at most 10000");
    assertThat(heard).isEmpty();
  }

  @Test
  void aCancelEndsTheItemAtWorkAndBeginsNoOther() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    steps.put(
        Hook.STEPS,
        List.of(
            step(
                "long",
                template("${item}"),
                (said, call) -> {
                  heard.add(said.text());
                  begun.countDown();
                  Thread.sleep(Duration.ofMinutes(5).toMillis());
                  return NOTHING;
                })));
    concurrency = 2;
    try (Waybill waybill = open(items("a", "b", "c"))) {
      waybill.start();
      String id = waybill.trigger("job", Map.of());
      begun.await();
      waybill.cancel(id);
      await().until(() -> waybill.find(id).orElseThrow().run().state().isFinished());

      assertThat(waybill.find(id).orElseThrow().run().state()).isEqualTo(RunState.CANCELLED);
      assertThat(heard).containsExactlyInAnyOrder("a", "b");
    }
  }

  @Test
  void theFormOfTheRunCountsItemsAndTellsWhyTheyFailed() {
    steps.put(Hook.STEPS, List.of(failing("b")));

    Map<String, Object> items = Plain.map(RunForm.of(run("a", "b", "c")), "items");

    assertThat(items).containsEntry("total", 3L).containsEntry("succeeded", 2L);
    assertThat(items).containsEntry("failed", 1L).containsEntry("waiting", 0L);
    Map<String, Object> failed = Plain.maps(items, "open").get(0);
    assertThat(failed)
        .containsEntry("number", 2L)
        .containsEntry("name", "b")
        .containsEntry("message", "step \"fail\": no b");
    assertThat(Plain.maps(failed, "attempts").get(0))
        .containsEntry("step", "fail")
        .containsEntry("state", "failed");
  }

  private static Map<String, Object> file(String location, long size) {
    return Map.of("location", location, "name", location, "size", size);
  }

  private StepDefinition hearing(String id, String text) {
    return step(
        id,
        template(text),
        (said, call) -> {
          heard.add(id + " " + said.text());
          return NOTHING;
        });
  }

  private static StepDefinition failing(String... items) {
    return step(
        "fail",
        template("${item}"),
        (said, call) -> {
          if (List.of(items).contains(said.text())) {
            throw new JobException.Expectation("no " + said.text());
          }
          return NOTHING;
        });
  }

  private static StepDefinition flaky(String item, int failures) {
    AtomicInteger left = new AtomicInteger(failures);
    StepHandler<ScriptedStep.Said> handler =
        (said, call) -> {
          if (said.text().equals(item) && left.getAndDecrement() > 0) {
            throw new JobException.NotYet("not yet");
          }
          return NOTHING;
        };
    return step("flaky", template("${item}"), handler);
  }

  private static Template template(String text) {
    return TemplateParser.parse(text, Position.NONE);
  }

  private RunRecord run(Object... in) {
    try (Waybill waybill = open(items(in))) {
      return waybill.run("job");
    }
  }

  private JobDefinition items(Object... in) {
    JobDefinition.Builder builder =
        JobDefinition.builder("job", ZoneOffset.UTC)
            .retry(RetryPolicy.builder().maxAttempts(3).backoff(delay, delay, 1).jitter(0).build())
            .each(new EachDefinition(List.of(in), concurrency, steps, Position.NONE));
    ofJob.forEach(builder::steps);
    return builder.build();
  }

  private Waybill open(JobDefinition job) {
    Configuration configuration =
        new Configuration(
            ZoneOffset.UTC,
            Configuration.Daemon.DEFAULTS,
            Map.of(),
            Connections.none(),
            List.of(job));
    return Waybill.builder(configuration).state(state).open();
  }
}
