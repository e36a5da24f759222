package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As its cases say, also over restarts. */
class PauseIT extends PauseCases {
  @TempDir Path folder;

  @Override
  protected Daemon open() {
    return new Daemon(folder.resolve("waybill"), MINUTE, Firings::new);
  }

  @Test
  void aPausedJobStaysPausedWhenItsDefinitionChangesOrItsScheduleIsTakenAway() {
    ScheduledJob every = job("job", EVERY_SECOND);
    ScheduledJob onDemand = job("job", List.of());
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(every);
      daemon.scheduler.pause("job");
      daemon.scheduler.start();
      daemon.scheduler.schedule(job("job", List.of(new Schedule.Every(Duration.ofSeconds(2)))));
      assertThat(daemon.scheduler.isPaused("job")).isTrue();
      daemon.scheduler.schedule(onDemand);
      daemon.scheduler.schedule(every);
      assertThat(daemon.scheduler.isPaused("job")).isTrue();
      assertThat(daemon.scheduler.nextFiring("job")).isEmpty();
    }
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand);
      daemon.scheduler.start();
      assertThat(daemon.scheduler.scheduledJobs()).containsExactly(onDemand);
      daemon.scheduler.schedule(every);
      assertThat(daemon.scheduler.scheduledJobs()).containsExactly(every);
      assertThat(daemon.scheduler.isPaused("job")).isTrue();
      assertThat(daemon.runs.list(Optional.empty(), 10)).isEmpty();

      daemon.scheduler.resume("job");

      assertThat(daemon.scheduler.isPaused("job")).isFalse();
      await().until(() -> daemon.runs.list(Optional.empty(), 10).size() >= 2);
    }
  }
}
