import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.quartz.QuartzScheduler;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A process with many jobs, spread evenly; told by a script what to do (see Talk).
 *
 * <pre>
 * Many
 *   start STORE JOBS PERIOD     opens the store, brings it to so many jobs that fire each PERIOD seconds, starts
 *   lag FILE SECONDS            fires for so long, and writes how many milliseconds late each firing was
 *   close
 * </pre>
 */
final class Many {
  private final ConcurrentLinkedQueue<Long> late = new ConcurrentLinkedQueue<>();
  private @Nullable Store store;
  private @Nullable RunStore runs;
  private @Nullable QuartzScheduler scheduler;

  public static void main(String[] args) throws IOException {
    Talk.with(new Many()::run);
  }

  private void run(String line) throws Exception {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "start" ->
          start(Path.of(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "lag" -> {
        late.clear();
        Thread.sleep(Duration.ofSeconds(Integer.parseInt(words[2])).toMillis());
        Files.writeString(
            Path.of(words[1]), late.stream().map(String::valueOf).collect(Collectors.joining("\n")));
      }
      case "close" -> {
        scheduler.drain(Duration.ofSeconds(30));
        scheduler.close();
        store.close();
      }
      default -> throw new IllegalArgumentException(line);
    }
  }

  private void start(Path file, int jobs, int period) {
    store = Store.open(StoreSettings.h2(file));
    runs = RunStore.of(store, "bench", InstantSource.system(), new SecureRandom());
    scheduler = QuartzScheduler.open(store, runs, this::handle);
    Schedule spread =
        new Schedule.Jittered(
            new Schedule.Every(Duration.ofSeconds(period)), Duration.ofSeconds(period));
    scheduler.replaceAll(
        IntStream.range(0, jobs)
            .mapToObj(i -> ScheduledJob.of("job-" + i, spread, ZoneOffset.UTC))
            .toList());
    scheduler.start();
  }

  private void handle(Firing firing) {
    late.add(Duration.between(firing.scheduledAt(), Instant.now()).toMillis());
    Run run = firing.run().orElseThrow();
    Attempt attempt = runs.startAttempt(run, "work");
    runs.finishAttempt(attempt, AttemptEnd.succeeded("{}"));
    runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "{}");
  }
}
