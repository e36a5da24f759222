package io.waybill.scheduler.quartz;

import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;

/**
 * The one Quartz job class of all jobs.
 *
 * <p>Its name is in every stored job's row, so it is never renamed or moved: a node of another
 * version would put the triggers into an error state.
 */
public final class FiringJob implements Job {
  /** Names the run that a one-shot trigger carries. */
  static final String RUN_ID = "run";

  private final Dispatcher dispatcher;
  private final KnownJobs known;

  FiringJob(Dispatcher dispatcher, KnownJobs known) {
    this.dispatcher = dispatcher;
    this.known = known;
  }

  @Override
  public void execute(JobExecutionContext context) {
    JobDataMap carried = context.getTrigger().getJobDataMap();
    Instant from = context.getScheduledFireTime().toInstant();
    Instant firedAt = firedAt(context, carried);
    dispatcher.dispatch(
        new Arrival(
            known.read(context.getJobDetail()),
            Optional.ofNullable(carried.getString(RUN_ID)),
            context.getJobDetail().getJobDataMap().containsKey(JobText.PAUSED),
            new Arrival.Span(from, until(context, firedAt)),
            firedAt));
  }

  private static Instant firedAt(JobExecutionContext context, JobDataMap carried) {
    String before =
        carried.getString(Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_FIRETIME_IN_MILLISECONDS);
    return context.isRecovering() && before != null
        ? Instant.ofEpochMilli(Long.parseLong(before))
        : context.getFireTime().toInstant();
  }

  /** Ends the span where the trigger's next firing begins, so that no moment is lost or doubled. */
  private static Instant until(JobExecutionContext context, Instant firedAt) {
    @Nullable Date next = context.getNextFireTime();
    Instant passed = firedAt.plusMillis(1);
    return next == null || next.toInstant().isAfter(passed) ? passed : next.toInstant();
  }
}
