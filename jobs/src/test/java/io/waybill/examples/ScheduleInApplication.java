package io.waybill.examples;

import io.waybill.JobFiles;
import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.RunListener;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Fires the jobs of a file from within an application, until that wants to end. */
public final class ScheduleInApplication {
  private ScheduleInApplication() {}

  /**
   * Fires jobs until {@code end}.
   *
   * @param listener hears how each run goes
   */
  public static void run(Path jobFile, Path state, RunListener listener, CountDownLatch end)
      throws InterruptedException {
    Configuration configuration = JobFiles.load(jobFile);
    try (Waybill waybill = Waybill.builder(configuration).state(state).listener(listener).open()) {
      waybill.start(); // from here on every job fires by its schedule
      waybill.trigger("nightly-orders", Map.of()); // and one of them now
      end.await(); // the application lives on here
    }
  }
}
