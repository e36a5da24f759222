package io.waybill.scheduler.examples;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.quartz.QuartzScheduler;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;

/** Schedules a job in an application; it survives restarts, and each run has a row. */
final class ScheduleInApplication {
  private ScheduleInApplication() {}

  static void run(Path folder, Runnable work) throws InterruptedException {
    try (Store store = Store.open(StoreSettings.h2(folder.resolve("app")))) {
      RunStore runs = RunStore.of(store, "app-1", InstantSource.system(), new SecureRandom());
      try (Scheduler scheduler =
          QuartzScheduler.open(store, runs, firing -> handle(runs, firing, work))) {
        ZoneId paris = ZoneId.of("Europe/Paris");
        scheduler.schedule(ScheduledJob.of("nightly", new Schedule.Cron("30 2 * * *"), paris));
        scheduler.start();
        scheduler.trigger("nightly", "{}"); // do not wait for the night
        Thread.sleep(Duration.ofSeconds(2).toMillis()); // the application lives on here
        scheduler.drain(Duration.ofSeconds(30));
      }
    }
  }

  private static void handle(RunStore runs, Firing firing, Runnable work) {
    Run run = firing.run().orElseThrow();
    work.run();
    runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "{}");
  }
}
