import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.quartz.EngineSettings;
import io.waybill.scheduler.quartz.QuartzScheduler;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Ours, with full records: a row for each run, one attempt of it started and finished, its end. */
final class Ours implements Load {
  private final @Nullable Store store; // none in memory
  private final RunStore runs;
  private final QuartzScheduler scheduler;
  private CountDownLatch left = new CountDownLatch(0);

  Ours(Place place) throws Exception {
    EngineSettings settings =
        EngineSettings.DEFAULT.withThreads(THREADS).withOnTime(Duration.ofDays(1));
    InstantSource clock = InstantSource.system();
    if (place.kind().equals("ram")) {
      MemoryStore memory = new MemoryStore();
      store = null;
      runs = RunStore.of(memory, "bench", clock, new SecureRandom());
      scheduler = QuartzScheduler.open(memory, runs, this::handle, settings);
    } else {
      store = Store.open(settings(place).withPoolSize(CONNECTIONS));
      runs = RunStore.of(store, "bench", clock, new SecureRandom());
      scheduler = QuartzScheduler.open(store, runs, this::handle, settings);
    }
  }

  private static StoreSettings settings(Place place) throws Exception {
    return place.kind().equals("h2")
        ? StoreSettings.h2(place.emptyFile())
        : StoreSettings.jdbc(place.emptyPostgres(), "postgres", () -> "bench");
  }

  @Override
  public void fill(int count) throws InterruptedException {
    left = new CountDownLatch(count);
    // later than the last of them is stored: what is over has no firing
    Instant due = Instant.now().plusMillis(1500 + (store == null ? count / 2 : 2L * count));
    scheduler.replaceAll(
        IntStream.range(0, count)
            .mapToObj(i -> ScheduledJob.of("job-" + i, new Schedule.AtInstant(due), ZoneOffset.UTC))
            .toList());
    long rest = Duration.between(Instant.now(), due).toMillis();
    if (rest < 0) {
      throw new IllegalStateException("storing " + count + " jobs took " + -rest + " ms too long");
    }
    Thread.sleep(rest + 1);
  }

  @Override
  public void fire() throws InterruptedException {
    scheduler.start();
    left.await();
  }

  private void handle(Firing firing) {
    Run run = firing.run().orElseThrow();
    Attempt attempt = runs.startAttempt(run, "work");
    runs.finishAttempt(attempt, AttemptEnd.succeeded("{}"));
    runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "{}");
    left.countDown();
  }

  @Override
  public void close() {
    scheduler.drain(Duration.ofSeconds(30));
    scheduler.close();
    if (store != null) {
      store.close();
    }
  }
}
