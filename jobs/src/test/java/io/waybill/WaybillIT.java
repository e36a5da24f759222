package io.waybill;

import static io.waybill.ScriptedStep.NOTHING;
import static io.waybill.ScriptedStep.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepState;
import io.waybill.jobs.expression.TemplateParser;
import io.waybill.jobs.json.RunForm;
import io.waybill.jobs.log.SecretMask;
import io.waybill.mail.MailException;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.SchedulerException;
import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The facade over a real store and a real scheduler, with steps that do what each test says. */
@Timeout(60)
class WaybillIT {
  private static final RetryPolicy QUICK =
      RetryPolicy.builder()
          .maxAttempts(3)
          .backoff(Duration.ofMillis(1), Duration.ofMillis(2), 1)
          .build();

  @TempDir Path state;

  @Test
  void aRunIsWrittenDownWithItsStepsAndResults() {
    try (Waybill waybill =
        open(job(step("count", (said, call) -> new StepResult(Map.of("files", 3L), 42))))) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(record.steps()).hasSize(1);
      assertThat(record.steps().get(0).result()).contains(new StepResult(Map.of("files", 3L), 42));
      assertThat(waybill.find(record.run().id()).map(RunForm::of)).contains(RunForm.of(record));
    }
  }

  @Test
  void theRecordSurvivesTheProcess() {
    String id;
    try (Waybill waybill = open(job(step("one", (said, call) -> NOTHING)))) {
      id = waybill.run("job").run().id();
    }
    try (Waybill waybill = open(job(step("one", (said, call) -> NOTHING)))) {
      assertThat(waybill.find(id)).map(RunRecord::isSuccess).contains(true);
      assertThat(waybill.runs(10)).extracting(Run::id).containsExactly(id);
    }
  }

  @Test
  void aTransientFailureIsRetriedAndTheRetryIsInTheRecord() {
    AtomicInteger tries = new AtomicInteger();
    try (Waybill waybill =
        open(
            job(
                step(
                    "flaky",
                    (said, call) -> {
                      if (tries.incrementAndGet() < 3) {
                        throw new JobException.NotYet("not yet, " + call.attempt().number());
                      }
                      return NOTHING;
                    })))) {
      RunRecord record = waybill.run("job");

      assertThat(record.isSuccess()).isTrue();
      assertThat(record.steps().get(0).attempts())
          .extracting(a -> a.number() + " " + a.state() + " " + a.message())
          .containsExactly("1 FAILED not yet, 1", "2 FAILED not yet, 2", "3 SUCCEEDED ");
      assertThat(record.steps().get(0).attempts().get(0).delay()).isPresent();
    }
  }

  @Test
  void whatCouldNotBeTakenBackIsSaidBesideTheFailure() {
    StepHandler<ScriptedStep.Said> stuck =
        new StepHandler<>() {
          @Override
          public StepResult execute(ScriptedStep.Said said, StepCall call) {
            throw new JobException.Expectation("no files");
          }

          @Override
          public Optional<String> abandon(ScriptedStep.Said said, StepCall call) {
            throw new JobException.NotYet("the store is away");
          }
        };
    try (Waybill waybill = open(job(step("wrong", stuck)))) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().failureClass()).contains(FailureClass.PERMANENT);
      assertThat(record.run().message())
          .isEqualTo(
              "step \"wrong\": no files;"
                  + " what it left waiting could not be taken back: the store is away");
    }
  }

  @Test
  void aPermanentFailureIsNotRetriedAndLaterStepsDoNotRun() {
    AtomicBoolean later = new AtomicBoolean();
    try (Waybill waybill =
        open(
            job(
                step(
                    "wrong",
                    (said, call) -> {
                      throw new JobException.Expectation("no files");
                    }),
                step(
                    "later",
                    (said, call) -> {
                      later.set(true);
                      return NOTHING;
                    })))) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().failureClass()).contains(FailureClass.PERMANENT);
      assertThat(record.run().message()).isEqualTo("step \"wrong\": no files");
      assertThat(record.steps()).hasSize(1);
      assertThat(record.steps().get(0).attempts()).hasSize(1);
      assertThat(later).isFalse();
    }
  }

  @Test
  void anUnknownOutcomeIsNeitherRetriedNorCalledFailed() {
    try (Waybill waybill =
        open(
            job(
                step(
                    "mail",
                    (said, call) -> {
                      throw new MailException.Ambiguous("smtp:25", "<1@test>");
                    })))) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().state()).isEqualTo(RunState.UNKNOWN);
      assertThat(record.steps().get(0).state()).isEqualTo(StepState.UNKNOWN);
      assertThat(record.steps().get(0).attempts()).hasSize(1);
    }
  }

  @Test
  void laterStepsSeeWhatEarlierOnesLeftBehind() {
    List<String> heard = new ArrayList<>();
    try (Waybill waybill =
        open(
            job(
                step("pull", (said, call) -> new StepResult(Map.of("files", List.of("a", "b")), 0)),
                step(
                    "report",
                    TemplateParser.parse(
                        "${steps.pull.files | count} in ${job.name}", Position.NONE),
                    (said, call) -> {
                      heard.add(said.text());
                      return NOTHING;
                    })))) {
      assertThat(waybill.run("job").isSuccess()).isTrue();
      assertThat(heard).containsExactly("2 in job");
    }
  }

  @Test
  void hooksRunByTheEndOfTheSteps() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    JobDefinition job =
        JobDefinition.builder("job", ZoneOffset.UTC)
            .steps(
                Hook.STEPS,
                List.of(
                    step(
                        "fail",
                        (said, call) -> {
                          throw new JobException.NotFound("gone");
                        })))
            .steps(Hook.ON_SUCCESS, List.of(noting("success", order, "")))
            .steps(
                Hook.ON_FAILURE,
                List.of(
                    noting(
                        "failure",
                        order,
                        TemplateParser.parse("${run.error.summary}", Position.NONE))))
            .steps(Hook.ALWAYS, List.of(noting("always", order, "")))
            .build();
    try (Waybill waybill = open(job)) {
      assertThat(waybill.run("job").run().state()).isEqualTo(RunState.FAILED);
      assertThat(order).containsExactly("failure step \"fail\": gone", "always ");
    }
  }

  private static StepDefinition noting(String id, List<String> order, Object text) {
    return step(
        id,
        text,
        (said, call) -> {
          order.add(id + " " + said.text());
          return NOTHING;
        });
  }

  @Test
  void cancellingTheFutureClosesWhatTheStepHasOpenAndIsWrittenDown() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (Waybill waybill =
        open(
            job(
                step(
                    "long",
                    (said, call) -> {
                      Closeable open = closed::countDown;
                      call.cancel().register(open);
                      started.countDown();
                      closed.await();
                      Thread.sleep(Duration.ofMinutes(5).toMillis());
                      return NOTHING;
                    })))) {
      CompletableFuture<RunRecord> future = waybill.runAsync("job", Map.of());
      await().until(() -> started.getCount() == 0);

      future.cancel(true);

      await()
          .untilAsserted(
              () ->
                  assertThat(waybill.runs(1))
                      .extracting(Run::state)
                      .containsExactly(RunState.CANCELLED));
      assertThat(closed.getCount()).isZero();
    }
  }

  @Test
  void anAttemptThatTakesTooLongIsEndedAndTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    JobDefinition job =
        builder(
                step(
                    "slow",
                    (said, call) -> {
                      if (tries.incrementAndGet() == 1) {
                        Thread.sleep(Duration.ofMinutes(5).toMillis());
                      }
                      return NOTHING;
                    }))
            .timeout(Duration.ofMillis(300))
            .build();
    try (Waybill waybill = open(job)) {
      RunRecord record = waybill.run("job");

      assertThat(record.isSuccess()).isTrue();
      assertThat(record.steps().get(0).attempts())
          .extracting(Attempt::state)
          .containsExactly(AttemptState.TIMED_OUT, AttemptState.SUCCEEDED);
      assertThat(record.steps().get(0).attempts().get(0).message())
          .contains("timeout of 300ms and");
    }
  }

  @Test
  void finishedItemsAreNotDoneAgainByTheNextAttempt() {
    List<String> done = new ArrayList<>();
    try (Waybill waybill =
        open(
            job(
                step(
                    "items",
                    (said, call) -> {
                      for (String item : List.of("a", "b", "c")) {
                        if (call.journal().find(item).isEmpty()) {
                          done.add(item);
                          call.journal().done(item, Map.of("name", item));
                        }
                        if (item.equals("b") && call.attempt().number() == 1) {
                          throw new JobException.NotYet("cut");
                        }
                      }
                      return NOTHING;
                    })))) {
      assertThat(waybill.run("job").isSuccess()).isTrue();
      assertThat(done).containsExactly("a", "b", "c");
    }
  }

  @Test
  void aRunThatWasEndedByShutdownGoesOnBehindItsFinishedSteps() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean(true);
    JobDefinition job =
        job(
            noting("first", order, ""),
            step(
                "second",
                (said, call) -> {
                  order.add("second " + call.attempt().number());
                  if (hang.get()) {
                    waiting.countDown();
                    Thread.sleep(Duration.ofMinutes(5).toMillis());
                  }
                  return NOTHING;
                }));
    String id;
    try (Waybill waybill = open(job)) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      await().until(() -> waiting.getCount() == 0);
    }
    hang.set(false);
    try (Waybill waybill = open(job)) {
      waybill.start();
      await().until(() -> waybill.find(id).map(RunRecord::isSuccess).orElse(false));
      assertThat(order).containsExactly("first ", "second 1", "second 2");
      assertThat(waybill.find(id).orElseThrow().run().recovered()).isTrue();
      assertThat(waybill.runs(10)).hasSize(1);
    }
  }

  @Test
  void aScheduleFiresTheJob() {
    JobDefinition job =
        builder(step("one", (said, call) -> NOTHING))
            .schedules(List.of(new Schedule.Every(Duration.ofSeconds(1))))
            .build();
    try (Waybill waybill = open(job)) {
      waybill.start();
      await()
          .untilAsserted(
              () ->
                  assertThat(waybill.runs(10)).anyMatch(run -> run.state() == RunState.SUCCEEDED));
    }
  }

  @Test
  void aJobThatLeftTheFileIsNoLongerScheduled() {
    JobDefinition job =
        builder(step("one", (said, call) -> NOTHING))
            .schedules(List.of(new Schedule.Every(Duration.ofHours(1))))
            .build();
    try (Waybill waybill = open(job)) {
      waybill.start();
      assertThat(waybill.nextFiring("job")).isPresent();
    }
    JobDefinition other =
        JobDefinition.builder("other", ZoneOffset.UTC)
            .steps(Hook.STEPS, List.of(step("one", (said, call) -> NOTHING)))
            .build();
    try (Waybill waybill = open(other)) {
      waybill.start();
      assertThatThrownBy(() -> waybill.nextFiring("job"))
          .isInstanceOf(SchedulerException.UnknownJob.class);
    }
  }

  @Test
  void anUnknownJobIsNamedTogetherWithTheOnesThereAre() {
    try (Waybill waybill = open(job(step("one", (said, call) -> NOTHING)))) {
      assertThatThrownBy(() -> waybill.run("jub"))
          .isInstanceOf(JobException.NotFound.class)
          .hasMessage("there is no job \"jub\"; there are: [job]");
    }
  }

  @Test
  void aSecondOwnerOfTheStoreIsRefused() {
    JobDefinition job = job(step("one", (said, call) -> NOTHING));
    try (Waybill waybill = open(job)) {
      assertThatThrownBy(() -> open(job)).isInstanceOf(SchedulerException.StoreOwned.class);
    }
  }

  @Test
  void aStepThatFailedForGoodIsNotTriedAgainAfterARestart() {
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch inHook = new CountDownLatch(1);
    AtomicBoolean hang = new AtomicBoolean(true);
    JobDefinition job =
        JobDefinition.builder("job", ZoneOffset.UTC)
            .retry(QUICK)
            .steps(
                Hook.STEPS,
                List.of(
                    step(
                        "maybe",
                        (said, call) -> {
                          tries.incrementAndGet();
                          throw new MailException.Ambiguous("smtp:25", "<1@test>");
                        })))
            .steps(
                Hook.ON_FAILURE,
                List.of(
                    step(
                        "tell",
                        (said, call) -> {
                          if (hang.get()) {
                            inHook.countDown();
                            Thread.sleep(Duration.ofMinutes(5).toMillis());
                          }
                          return NOTHING;
                        })))
            .build();
    String id;
    try (Waybill waybill = open(job)) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      await().until(() -> inHook.getCount() == 0);
    }
    hang.set(false);
    try (Waybill waybill = open(job)) {
      waybill.start();
      await().until(() -> waybill.find(id).map(r -> r.run().state().isFinished()).orElse(false));
      assertThat(waybill.find(id).orElseThrow().run().state()).isEqualTo(RunState.UNKNOWN);
      assertThat(tries).hasValue(1);
    }
  }

  @Test
  void aBrokenStepEndsItsRunAndTheJobRunsAgain() {
    AtomicInteger tries = new AtomicInteger();
    try (Waybill waybill =
        open(
            job(
                step(
                    "broken",
                    (said, call) -> {
                      if (tries.incrementAndGet() == 1) {
                        throw new NoClassDefFoundError("com/example/Missing");
                      }
                      return NOTHING;
                    })))) {
      RunRecord record = waybill.run("job");
      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().message()).contains("com/example/Missing");
      assertThat(waybill.run("job").isSuccess()).isTrue();
    }
  }

  @Test
  void aJobThatIsRunningIsNotRunBesideItself() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Waybill waybill =
        open(
            job(
                step(
                    "long",
                    (said, call) -> {
                      started.countDown();
                      go.await();
                      return NOTHING;
                    })))) {
      CompletableFuture<RunRecord> first = waybill.runAsync("job", Map.of());
      await().until(() -> started.getCount() == 0);

      assertThatThrownBy(() -> waybill.run("job"))
          .isInstanceOf(JobException.AlreadyRunning.class)
          .hasMessageContaining("overlap: allow");
      go.countDown();
      assertThat(first.join().isSuccess()).isTrue();
    }
  }

  @Test
  void aSecretThatAServerSendsBackIsMaskedInTheRecord() {
    Secret secret = new Secret("p", () -> "Planted-Passw0rd", SecretMask.ofThisProcess()::remember);
    try (Waybill waybill =
        open(
            job(
                step(
                    "login",
                    (said, call) -> {
                      throw new JobException.NotFound("535 wrong password " + secret.get());
                    })))) {
      RunRecord record = waybill.run("job");

      assertThat(record.run().message()).contains("535 wrong password ***");
      assertThat(RunForm.of(record).toString()).doesNotContain("Planted");
    }
  }

  @Test
  void anInterruptFromOutsideEndsARunOfOnesOwnAndIsHandedOn() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean handedOn = new AtomicBoolean();
    try (Waybill waybill =
        open(
            job(
                step(
                    "long",
                    (said, call) -> {
                      started.countDown();
                      Thread.sleep(Duration.ofMinutes(5).toMillis());
                      return NOTHING;
                    })))) {
      Thread caller =
          new Thread(
              () -> {
                waybill.run("job");
                handedOn.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      await().until(() -> started.getCount() == 0);
      caller.interrupt();
      caller.join(Duration.ofSeconds(30).toMillis());

      assertThat(handedOn).isTrue();
      assertThat(waybill.runs(1)).extracting(Run::state).containsExactly(RunState.CANCELLED);
    }
  }

  private static JobDefinition job(StepDefinition... steps) {
    return builder(steps).build();
  }

  private static JobDefinition.Builder builder(StepDefinition... steps) {
    return JobDefinition.builder("job", ZoneOffset.UTC)
        .retry(QUICK)
        .steps(Hook.STEPS, List.of(steps));
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
