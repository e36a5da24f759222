package io.waybill.jobs.trigger;

import io.waybill.jobs.JobDefinition;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import java.util.List;

/** Says whether a job may be given what its sources have. */
final class Gate {
  // of a job whose runs may overlap: more than work at once need not have their items yet
  private static final int MOST_AT_ONCE = 8;
  // that wait for their next attempt, as while a server is down: what comes meanwhile waits, too
  private static final int MOST_RETRYING = 20;

  private final RunStore runs;
  private final Scheduler scheduler;

  Gate(RunStore runs, Scheduler scheduler) {
    this.runs = runs;
    this.scheduler = scheduler;
  }

  /** Says whether this process is the one whose job file counts. */
  boolean isOpen() {
    return !runs.jobSets().isNewer();
  }

  /**
   * Says whether a run can begin soon. One that is queued or at work keeps the next one from being
   * given anything, unless they may overlap; one that waits for its next attempt does not.
   */
  boolean isFree(JobDefinition job) {
    if (isPaused(job.name())) {
      return false;
    }
    List<Run> unfinished =
        runs.unfinished(job.name()).stream()
            .filter(run -> run.kind() == TriggerKind.EVENT)
            .toList();
    long retrying = unfinished.stream().filter(Gate::isRetryingLater).count();
    long others = unfinished.size() - retrying;
    return retrying < MOST_RETRYING
        && others < (job.overlap() == OverlapPolicy.ALLOW ? MOST_AT_ONCE : 1);
  }

  private static boolean isRetryingLater(Run run) {
    return run.state() == RunState.RETRYING && run.dueAt().isPresent();
  }

  private boolean isPaused(String job) {
    try {
      return scheduler.isPaused(job);
    } catch (SchedulerException.UnknownJob e) {
      return true; // the store goes on with the jobs of another node
    }
  }
}
