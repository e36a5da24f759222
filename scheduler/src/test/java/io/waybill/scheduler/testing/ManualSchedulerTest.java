package io.waybill.scheduler.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ManualSchedulerTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-01-01T00:00:00Z");
  private static final ScheduledJob JOB =
      ScheduledJob.of("job", new Schedule.Every(Duration.ofMinutes(5)), ZoneId.of("UTC"));

  private final AtomicReference<Instant> now = new AtomicReference<>(MIDNIGHT.plusSeconds(1));
  private final List<Firing> fired = new ArrayList<>();
  private final ManualScheduler scheduler = new ManualScheduler(this::now, fired::add);

  private Instant now() {
    return now.updateAndGet(moment -> moment);
  }

  private void advance(Duration step) {
    now.updateAndGet(moment -> moment.plus(step));
  }

  @Test
  void firesOnlyWhatIsDueAndOnlyWhenTold() {
    scheduler.schedule(JOB);
    scheduler.start();
    assertThat(scheduler.nextFiring("job")).contains(MIDNIGHT.plusSeconds(300));
    assertThat(scheduler.fireDue()).isEmpty();
    advance(Duration.ofMinutes(11));
    assertThat(fired).isEmpty();
    assertThat(scheduler.fireDue())
        .extracting(Firing::scheduledAt)
        .containsExactly(MIDNIGHT.plusSeconds(600));
    assertThat(fired).hasSize(1);
    assertThat(scheduler.fireDue()).isEmpty();
  }

  @Test
  void triggersWithARunId() {
    scheduler.schedule(JOB);
    scheduler.start();
    String id = scheduler.trigger("job", "{}");
    Firing firing = scheduler.fireDue().get(0);
    assertThat(firing.kind()).isEqualTo(TriggerKind.MANUAL);
    assertThat(firing.runId()).contains(id);
    assertThatThrownBy(() -> scheduler.trigger("nobody", "{}"))
        .isInstanceOf(SchedulerException.UnknownJob.class);
  }

  @Test
  void missesNothingOfPausedTime() {
    scheduler.schedule(JOB);
    scheduler.start();
    scheduler.pause("job");
    advance(Duration.ofHours(1));
    assertThat(scheduler.fireDue()).isEmpty();
    scheduler.resume("job");
    assertThat(scheduler.fireDue()).isEmpty();
    assertThat(scheduler.nextFiring("job")).contains(MIDNIGHT.plusSeconds(3900));
  }

  @Test
  void firesNothingBeforeStart() {
    assertThatThrownBy(scheduler::fireDue).isInstanceOf(IllegalStateException.class);
  }
}
