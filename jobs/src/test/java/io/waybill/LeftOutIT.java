package io.waybill;

import static io.waybill.ScriptedStep.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepRecord;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepState;
import io.waybill.jobs.expression.TemplateParser;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.json.RunForm;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.RunState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps with {@code if}, over a real store. */
@Timeout(60)
class LeftOutIT {
  @TempDir Path state;
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
  private Map<String, String> vars = Map.of("x", "no");

  @Test
  void aStepWhoseConditionIsFalseIsLeftOutAndOnRecord() {
    try (Waybill waybill =
        open(
            when("one", "${vars.x | eq('yes')}", "one"),
            when("two", "${vars.x | eq('no')}", "two"))) {
      RunRecord record = waybill.run("job");

      assertThat(record.isSuccess()).isTrue();
      assertThat(heard).containsExactly("two");
      assertThat(record.steps())
          .extracting(StepRecord::state)
          .containsExactly(StepState.SKIPPED, StepState.SUCCEEDED);
      assertThat(record.steps().get(0).attempts())
          .singleElement()
          .satisfies(
              attempt -> {
                assertThat(attempt.state()).isEqualTo(AttemptState.SKIPPED);
                assertThat(attempt.message())
                    .isEqualTo("left out, as \"if: ${vars.x | eq('yes')}\" is false");
              });
      assertThat(Plain.maps(RunForm.of(record), "steps").get(0)).containsEntry("state", "skipped");
    }
  }

  @Test
  void whatItWouldHaveLeftHasNoValueAndTheFailureSaysWhy() {
    try (Waybill waybill =
        open(
            when("one", "false", "one"),
            when("two", "${steps.one.files | empty}", "two ${steps.one.files | default('none')}"),
            when("three", "true", "${steps.one.files}"))) {
      RunRecord record = waybill.run("job");

      assertThat(heard).containsExactly("two none");
      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().failureClass()).contains(FailureClass.CONFIGURATION);
      assertThat(record.run().message())
          .contains(
              "${steps.one.files} has no value here, as step \"one\" was left out or has not"
                  + " succeeded; add \"| default('...')\" if that can be");
    }
  }

  @Test
  void whatIsNeitherTrueNorFalseFailsTheStepWithItsPlace() {
    try (Waybill waybill = open(when("one", "${vars.x}", "one"))) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().message())
          .isEqualTo(
              "step \"one\": <java>:1:1: \"if: ${vars.x}\" yields the text \"no\", and must be true or false");
      assertThat(record.run().failureClass()).contains(FailureClass.CONFIGURATION);
      assertThat(record.steps().get(0).attempts()).hasSize(1);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void whatWasLeftOutIsNotDecidedAgainAfterARestart() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean(true);
    StepDefinition[] steps = {
      when("one", "${vars.x | eq('yes')}", "one"),
      step(
          "two",
          "true",
          "two",
          (said, call) -> {
            if (hang.get()) {
              waiting.countDown();
              Thread.sleep(Duration.ofMinutes(5).toMillis());
            }
            return NOTHING;
          })
    };
    String id;
    try (Waybill waybill = open(steps)) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      waiting.await();
    }
    hang.set(false);
    vars = Map.of("x", "yes");
    try (Waybill waybill = open(steps)) {
      waybill.start();
      await().until(() -> waybill.find(id).orElseThrow().isSuccess());
      assertThat(heard).isEmpty();
      assertThat(waybill.find(id).orElseThrow().steps().get(0).state())
          .isEqualTo(StepState.SKIPPED);
    }
  }

  @Test
  void aStepThatHasFailedOnceIsTriedAgainWithoutBeingDecidedAgain() {
    AtomicInteger tries = new AtomicInteger();
    try (Waybill waybill =
        open(
            step(
                "one",
                "${vars.x | eq('no')}",
                "one",
                (said, call) -> {
                  if (tries.incrementAndGet() == 1) {
                    throw new JobException.NotYet("not yet");
                  }
                  return NOTHING;
                }))) {
      assertThat(waybill.run("job").isSuccess()).isTrue();
      assertThat(tries).hasValue(2);
    }
  }

  private StepDefinition when(String id, String condition, String says) {
    return step(
        id,
        condition,
        says,
        (said, call) -> {
          heard.add(said.text());
          return new StepResult(Map.of("files", List.of("f")), 0);
        });
  }

  private static StepDefinition step(
      String id, String condition, String says, StepHandler<ScriptedStep.Said> handler) {
    return new StepDefinition(
        id,
        new ScriptedStep(handler),
        Map.of("say", TemplateParser.parse(says, Position.NONE)),
        new StepDefinition.Policy(
            Optional.empty(),
            Optional.empty(),
            Optional.of(TemplateParser.parse(condition, Position.NONE))),
        Position.NONE);
  }

  private Waybill open(StepDefinition... steps) {
    JobDefinition job =
        JobDefinition.builder("job", ZoneOffset.UTC)
            .retry(
                RetryPolicy.builder()
                    .maxAttempts(3)
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(2), 1)
                    .when(Set.of(FailureClass.TRANSIENT, FailureClass.CONFIGURATION))
                    .build())
            .steps(Hook.STEPS, List.of(steps))
            .build();
    return Waybill.builder(
            new Configuration(
                ZoneOffset.UTC,
                Configuration.Daemon.DEFAULTS,
                vars,
                Connections.none(),
                List.of(job)))
        .state(state)
        .open();
  }
}
