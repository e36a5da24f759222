package io.waybill.scheduler.quartz;

import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.time.DueMoments;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down that moments which came due while nobody fired are left, as their schedule went
 * before anybody could decide about them by it.
 */
final class LeftMoments {
  private static final Logger LOG = LoggerFactory.getLogger(LeftMoments.class);

  private final RunStore runs;
  private final FiringRunner runner;
  private final Duration onTime;

  /**
   * Makes it.
   *
   * @param onTime how late a moment may be before it counts as missed
   */
  LeftMoments(RunStore runs, FiringRunner runner, Duration onTime) {
    this.runs = runs;
    this.runner = runner;
    this.onTime = onTime;
  }

  /**
   * Records each moment that has passed as skipped.
   *
   * @param job as it was
   * @param next when its trigger would have fired next
   * @param changed as it is now; without a schedule if that was taken away, or it was disabled
   */
  void tell(ScheduledJob job, Instant next, ScheduledJob changed) {
    Instant now = Instant.now();
    if (next.isAfter(now)) {
      return;
    }
    DueMoments due = DueMoments.between(Timetable.of(job), next, now.plusMillis(1));
    for (Instant moment : due.moments()) {
      String why = MissedPolicy.left(moment, now, onTime, changed).reason();
      runs.skip(job.name(), moment, why).ifPresent(runner::ended);
    }
    LOG.warn(
        "event=missed_by_changed_schedule job={} count={} from={} without_rows={}",
        job.name(),
        due.moments().size(),
        due.moments().get(0),
        due.dropped());
  }
}
