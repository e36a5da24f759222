package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One node of a cluster in a process of its own. It prints {@code BEGAN ID TOKEN}, {@code COMMITTED
 * ID TOKEN} once the end of a run is acknowledged, and {@code STALE ID} if it was refused.
 *
 * <p>Arguments: JDBC URL or H2's file, password, the node's name, and the jobs that it has.
 */
final class ClusterNode {
  static final Duration CHECK_IN = Duration.ofSeconds(1);
  static final EngineSettings SETTINGS =
      EngineSettings.DEFAULT.withThreads(4).withPeriods(CHECK_IN, Duration.ofSeconds(2));

  private ClusterNode() {}

  public static void main(String[] args) throws InterruptedException {
    Store store = Store.open(settings(args[0], args[1]));
    RunStore runs = RunStore.of(store, args[2], InstantSource.system(), new SecureRandom());
    Set<String> jobs = Set.copyOf(Arrays.asList(args).subList(3, args.length));
    QuartzScheduler scheduler = QuartzScheduler.open(store, runs, new Work(runs, jobs), SETTINGS);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  scheduler.drain(Duration.ofSeconds(10));
                  scheduler.close();
                  store.close();
                }));
    try {
      scheduler.replaceAll(jobs.stream().map(ClusterNode::job).toList());
      scheduler.start();
    } catch (SchedulerException e) {
      print("REFUSED " + e.getMessage());
      System.exit(1);
    }
    print("READY");
    Thread.sleep(Duration.ofHours(3).toMillis());
  }

  static StoreSettings settings(String url, String password) {
    if (!url.startsWith("jdbc:")) {
      return StoreSettings.h2(Path.of(url));
    }
    return StoreSettings.jdbc(url, "postgres", () -> password).withPoolSize(8);
  }

  /** A job called tick... is due each second, any other only when it is triggered. */
  static ScheduledJob job(String name) {
    List<Schedule> schedules =
        name.startsWith("tick") ? List.of(new Schedule.Every(Duration.ofSeconds(1))) : List.of();
    return ScheduledJob.builder(name, ZoneId.of("Europe/Paris"))
        .schedules(schedules)
        .overlap(io.waybill.scheduler.OverlapPolicy.ALLOW)
        .build();
  }

  private static synchronized void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Some steps that take a moment each. */
  private static final class Work implements FiringHandler {
    private final RunStore runs;
    private final Set<String> jobs;
    private final Random random = new Random();

    Work(RunStore runs, Set<String> jobs) {
      this.runs = runs;
      this.jobs = jobs;
    }

    @Override
    public boolean knows(String job) {
      return jobs.contains(job);
    }

    @Override
    public void fire(Firing firing) {
      Run run = firing.run().orElseThrow();
      print("BEGAN " + run.id() + " " + run.token());
      try {
        for (int step = 0; step < 3; step++) {
          Attempt attempt = runs.startAttempt(run, "step" + step);
          Thread.sleep(50 + random.nextInt(200));
          runs.finishAttempt(attempt, AttemptEnd.succeeded(""));
        }
        runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", run.payload());
        print("COMMITTED " + run.id() + " " + run.token());
      } catch (SchedulerException.StaleClaim e) {
        print("STALE " + run.id());
        throw e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
