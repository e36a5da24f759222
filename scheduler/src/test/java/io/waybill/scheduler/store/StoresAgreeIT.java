package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.testkit.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory and H2 answer everything alike, for steps taken at random. */
class StoresAgreeIT {
  private static final Instant START = Instant.parse("2026-11-30T02:30:00Z");
  private static final int STEPS = 400;
  private static final List<OverlapPolicy> OVERLAPS =
      List.of(OverlapPolicy.SKIP, OverlapPolicy.QUEUE, OverlapPolicy.ALLOW, OverlapPolicy.REPLACE);
  private static final List<TriggerKind> KINDS =
      List.of(TriggerKind.SCHEDULE, TriggerKind.MANUAL, TriggerKind.LOCAL);

  @TempDir Path folder;

  /** One store and what was done to it; the same seed does the same to each. */
  private static final class Life {
    private final SettableClock clock = SettableClock.at(START);
    private final List<RunStore> owners;
    private final List<Attempt> attempts = new ArrayList<>();
    private final Random random;
    private RunStore runs;

    Life(long seed, BiFunction<SettableClock, Random, RunStore> opener) {
      random = new Random(seed);
      owners = List.of(opener.apply(clock, new Random(1)), opener.apply(clock, new Random(2)));
      runs = owners.get(0);
    }

    private ScheduledJob job() {
      int which = random.nextInt(6);
      ScheduledJob.Builder job =
          ScheduledJob.builder("job-" + which, ZoneOffset.UTC)
              .overlap(OVERLAPS.get(which % OVERLAPS.size()));
      return which < 3 ? job.build() : job.limit(new ConcurrencyLimit("bank", 2)).build();
    }

    private ScheduledJob jobOf(Run run) {
      ScheduledJob job = job();
      while (!job.name().equals(run.job())) {
        job = job();
      }
      return job;
    }

    private Optional<Run> any(List<Run> from) {
      return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
    }

    /** Does one thing, and says what came of it. */
    String step() {
      return switch (random.nextInt(14)) {
        case 0 -> {
          clock.advance(Duration.ofSeconds(random.nextInt(90)));
          yield "";
        }
        case 1, 2, 3 ->
            told(
                () ->
                    runs.admit(
                        job(),
                        KINDS.get(random.nextInt(3)),
                        START.plusSeconds(random.nextInt(300)),
                        "payload " + random.nextInt(2)));
        case 4 ->
            told(
                () ->
                    runs.enqueue(
                        job().name(),
                        TriggerKind.SCHEDULE,
                        START.plusSeconds(random.nextInt(300)),
                        "missed",
                        ""));
        case 5 -> of(runs.unfinished(), run -> told(() -> runs.admit(jobOf(run), run.id())));
        case 6, 7 ->
            of(
                runs.unfinished(),
                run ->
                    told(
                        () ->
                            runs.finish(
                                run, RunState.SUCCEEDED, Optional.empty(), "done", run.payload())));
        case 8 ->
            of(
                runs.unfinished(),
                run ->
                    told(
                        () -> {
                          Attempt attempt = runs.startAttempt(run, "step-" + random.nextInt(2));
                          attempts.add(attempt);
                          return attempt;
                        }));
        case 9 ->
            attempts.isEmpty() ? "" : endAttempt(attempts.get(random.nextInt(attempts.size())));
        case 10 ->
            of(
                runs.unfinished(),
                run -> told(() -> runs.requestEnd(run.id(), "by ops " + random.nextInt(2))));
        case 11 ->
            of(
                runs.unfinished(),
                run ->
                    random.nextBoolean()
                        ? told(() -> runs.skipQueued(run.id(), "skipped"))
                        : told(() -> runs.enqueueShards(run, List.of("one", "two"))));
        case 12 ->
            of(
                runs.list(Optional.empty(), 50),
                run ->
                    switch (random.nextInt(3)) {
                      case 0 -> told(() -> runs.restart(run));
                      case 1 -> told(() -> runs.retry(run.id(), TriggerKind.MANUAL, "again"));
                      default ->
                          told(() -> runs.release(run, clock.instant().plusSeconds(30), "later"));
                    });
        default -> {
          if (random.nextInt(4) == 0) {
            runs = owners.get(random.nextInt(2)); // the other one is dead to this one
          } else {
            any(runs.unfinished()).ifPresent(run -> runs.letGo(run.id()));
          }
          yield "";
        }
      };
    }

    private String endAttempt(Attempt attempt) {
      Optional<Run> run = runs.find(attempt.runId());
      AttemptEnd again =
          new AttemptEnd(
              AttemptState.FAILED,
              Optional.of(FailureClass.TRANSIENT),
              "busy",
              Optional.of(Duration.ofSeconds(20)),
              "");
      return switch (random.nextInt(3)) {
        case 0 -> told(() -> runs.finishAttempt(attempt, AttemptEnd.succeeded("{}")));
        case 1 -> told(() -> runs.finishAttempt(attempt, again));
        default -> told(() -> runs.finishAttemptAndRelease(run.orElseThrow(), attempt, again));
      };
    }

    private String of(List<Run> from, Function<Run, String> work) {
      return any(from).map(work).orElse("");
    }

    private static String told(Supplier<?> work) {
      try {
        return text(work.get());
      } catch (SchedulerException e) {
        return e.toString();
      }
    }

    /** Says everything that can be asked. */
    String all() {
      StringBuilder all = new StringBuilder();
      for (Run run : runs.list(Optional.empty(), 10_000)) {
        all.append(text(run)).append(runs.isHeld(run)).append(text(runs.shards(run.id())));
        all.append(text(runs.attempts(run.id()))).append(text(runs.waitingBehind(run, 3)));
        all.append(text(runs.find(run.job(), run.scheduledAt()))).append('\n');
      }
      for (int i = 0; i < 6; i++) {
        all.append(text(runs.unfinished("job-" + i)));
        all.append(text(runs.list(Optional.of("job-" + i), 5))).append('\n');
      }
      all.append(text(runs.unfinished())).append(text(runs.abandoned()));
      return all.append(text(overdue())).toString();
    }

    // those that have waited equally long are in no order
    private List<String> overdue() {
      return runs.overdue(Duration.ofSeconds(10), 10_000).stream().map(Run::id).sorted().toList();
    }

    private static String text(Object told) {
      if (told instanceof Optional<?> optional) {
        return optional.map(Life::text).orElse("none");
      }
      if (told instanceof List<?> list) {
        return list.stream().map(Life::text).toList().toString();
      }
      if (told instanceof Admission.Admitted admitted) {
        return "admitted " + text(admitted.run()) + text(admitted.superseded());
      }
      if (told instanceof Admission.Waiting waiting) {
        return "waiting " + text(waiting.run()) + waiting.replaces() + text(waiting.dropped());
      }
      if (told instanceof Admission.Skipped skipped) {
        return "skipped " + text(skipped.run());
      }
      if (told instanceof Run run) {
        return String.join(
            " ",
            run.toString(),
            run.createdAt().toString(),
            run.startedAt().toString(),
            run.endedAt().toString(),
            run.failureClass().toString(),
            run.message(),
            run.payload(),
            run.owner().toString(),
            run.limit().toString(),
            run.dueAt().toString(),
            run.ending().toString(),
            run.parent().toString(),
            run.recovered() + " " + run.restartToken());
      }
      if (told instanceof Attempt attempt) {
        return String.join(
            " ",
            attempt.toString(),
            attempt.stepKey(),
            attempt.startedAt().toString(),
            attempt.endedAt().toString(),
            attempt.failureClass().toString(),
            attempt.message(),
            attempt.delay().toString(),
            attempt.payload());
      }
      return told.toString();
    }
  }

  @Test
  void whateverIsDone() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + 5; seed++) {
      try (Store store = Store.open(StoreSettings.h2(folder.resolve("store-" + seed)))) {
        MemoryStore memory = new MemoryStore();
        Life inFile = new Life(seed, (clock, ids) -> RunStore.of(store, "node", clock, ids));
        Life inMemory = new Life(seed, (clock, ids) -> RunStore.of(memory, "node", clock, ids));
        for (int step = 0; step < STEPS; step++) {
          assertThat(inMemory.step()).as("seed %d, step %d", seed, step).isEqualTo(inFile.step());
          if (step % 20 == 0) {
            assertThat(inMemory.all())
                .as("seed %d, after step %d", seed, step)
                .isEqualTo(inFile.all());
          }
        }
        assertThat(inMemory.all()).as("seed %d", seed).isEqualTo(inFile.all());
        assertThat(inMemory.runs.list(Optional.empty(), 10_000))
            .as("seed %d", seed)
            .hasSizeGreaterThan(20);
      }
    }
  }
}
