package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.store.RunStore;
import java.nio.file.Path;
import java.time.Duration;

/** A process that says when it is in the middle of a run, and then waits to be killed. */
final class KilledDaemon {
  private KilledDaemon() {}

  public static void main(String[] args) throws InterruptedException {
    try (Daemon daemon =
        new Daemon(
            Path.of(args[0]),
            Duration.ofMinutes(1),
            runs -> firing -> hang(runs, firing.run().orElseThrow()))) {
      ScheduledJob job = KillIT.JOB;
      daemon.scheduler.schedule(job);
      daemon.scheduler.start();
      Thread.sleep(Duration.ofMinutes(5).toMillis());
    }
  }

  private static void hang(RunStore runs, Run run) {
    runs.startAttempt(run, "step");
    System.out.println("RUN " + run.id());
    System.out.flush();
    try {
      Thread.sleep(Duration.ofMinutes(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
