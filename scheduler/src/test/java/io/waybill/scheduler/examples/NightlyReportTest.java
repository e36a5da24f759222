package io.waybill.scheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How an application tests what its jobs do, without waiting for the night. */
class NightlyReportTest {
  private Instant now = Instant.parse("2026-03-28T12:00:00Z");

  @Test
  void reportsOnceANightAlsoAfterADayOff() {
    List<Instant> reports = new ArrayList<>();
    ManualScheduler scheduler =
        new ManualScheduler(() -> now, firing -> reports.add(firing.scheduledAt()));
    ZoneId paris = ZoneId.of("Europe/Paris");
    scheduler.schedule(ScheduledJob.of("report", new Schedule.Cron("30 2 * * *"), paris));
    scheduler.start();

    now = Instant.parse("2026-03-29T01:00:00Z"); // 02:30 does not exist in this night
    scheduler.fireDue();
    now = now.plus(Duration.ofDays(2)); // nobody was there for two days
    scheduler.fireDue();

    assertThat(reports)
        .containsExactly(
            Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-03-31T00:30:00Z"));
    assertThat(scheduler.decisions())
        .extracting(ManualScheduler.Decision::reason)
        .containsExactly(
            "missed by 88200s; run-once makes up only the latest firing",
            "missed by 1800s; run-once makes it up now");
  }
}
