package io.waybill.scheduler.examples;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.quartz.QuartzScheduler;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Schedules a job in an application that has no database; its runs are kept while it lives. */
final class ScheduleInMemory {
  private ScheduleInMemory() {}

  static List<Run> run(Runnable work) throws InterruptedException {
    MemoryStore store = new MemoryStore(); // keeps the last 10,000 finished runs
    RunStore runs = RunStore.of(store, "app-1", InstantSource.system(), new SecureRandom());
    try (Scheduler scheduler =
        QuartzScheduler.open(store, runs, firing -> handle(runs, firing, work))) {
      ZoneId paris = ZoneId.of("Europe/Paris");
      scheduler.schedule(
          ScheduledJob.of("refresh", new Schedule.Every(Duration.ofSeconds(1)), paris));
      scheduler.start();
      Thread.sleep(Duration.ofSeconds(2).toMillis()); // the application lives on here
      scheduler.drain(Duration.ofSeconds(30));
    }
    return runs.list(Optional.of("refresh"), 10);
  }

  private static void handle(RunStore runs, Firing firing, Runnable work) {
    Run run = firing.run().orElseThrow();
    work.run();
    runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "");
  }
}
