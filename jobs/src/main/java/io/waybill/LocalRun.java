package io.waybill;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.trigger.SourceLook;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.Admission;
import java.util.List;
import java.util.Optional;

/** A run that this process carries out itself, without a scheduler. */
final class LocalRun {
  private static final long LOOKS_AGAIN_MILLIS = 200;

  private final Rooms rooms;
  private final JobDefinition job;
  private final ScheduledJob limits;
  private final Run opened;
  private volatile Admission admission;

  private LocalRun(
      Rooms rooms, JobDefinition job, ScheduledJob limits, Run opened, Admission admission) {
    this.rooms = rooms;
    this.job = job;
    this.limits = limits;
    this.opened = opened;
    this.admission = admission;
  }

  /**
   * Records the run; it may have to wait for others before it works.
   *
   * @throws JobException.AlreadyRunning if the job runs, and its overlap policy is to skip
   */
  static LocalRun open(Rooms rooms, JobDefinition job, ScheduledJob limits, String payload) {
    Admission admission =
        rooms.runs().admit(limits, TriggerKind.LOCAL, rooms.clock().instant(), payload);
    if (admission instanceof Admission.Admitted admitted) {
      return new LocalRun(rooms, job, limits, admitted.run(), admission);
    }
    if (admission instanceof Admission.Waiting waiting) {
      return new LocalRun(rooms, job, limits, waiting.run(), admission);
    }
    throw new JobException.AlreadyRunning(
        "job \"%s\" is running; wait for it, or set \"overlap: allow\" or \"queue\""
            .formatted(job.name()));
  }

  /**
   * Records the run, with what the job's sources have for it now: of a job that files or mail
   * start.
   *
   * @throws JobException.AlreadyRunning if the job runs, or a daemon watches its sources
   */
  static LocalRun openWithItems(Rooms rooms, JobDefinition job, String payload) {
    Optional<SourceLook.Ready> ready = look(rooms, job);
    if (ready.isEmpty()) {
      return open(rooms, job, job.scheduled(), payload);
    }
    try {
      LocalRun run = open(rooms, job, job.scheduled(), ready.get().given().payload(payload));
      try {
        rooms.sources().give(run.opened, ready.get());
      } catch (RuntimeException e) {
        run.cancel();
        throw e;
      }
      return run;
    } finally {
      rooms.sources().letGo(ready.get());
    }
  }

  private static Optional<SourceLook.Ready> look(Rooms rooms, JobDefinition job) {
    try {
      return rooms.sources().once(job);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException.NotYet("interrupted while the sources were looked at");
    }
  }

  /** Takes a run that waits for its next attempt, which this process is to make. */
  static LocalRun goOn(Rooms rooms, JobDefinition job, Run waiting) {
    return new LocalRun(
        rooms, job, job.scheduled(), waiting, new Admission.Waiting(waiting, List.of(), List.of()));
  }

  String id() {
    return opened.id();
  }

  /** Waits until the run may work, and carries it out on the caller's thread. */
  RunRecord carryOut() {
    while (admission instanceof Admission.Waiting) {
      pause();
      admission = rooms.runs().admit(limits, id());
    }
    return admission instanceof Admission.Admitted admitted
        ? rooms.engine().carryOut(admitted.run(), job)
        : rooms.engine().find(id()).orElseThrow(); // cancelled while it waited
  }

  private void pause() {
    try {
      Thread.sleep(LOOKS_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
    }
  }

  void cancel() {
    try {
      Run asked = rooms.runs().requestEnd(id(), "cancelled");
      if (asked.state() != RunState.CANCELLED) {
        rooms.engine().cancelIfLive(id());
      }
    } catch (SchedulerException.NotClaimable e) {
      // it has ended by itself
    }
  }
}
