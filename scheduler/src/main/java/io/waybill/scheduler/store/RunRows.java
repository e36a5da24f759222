package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runs as one transaction sees them, what is asked of them, and every way in which one may
 * change. What is decided with them is decided elsewhere, so that it is the same for every store.
 * Lists are ordered by id, the oldest first, unless said otherwise.
 */
interface RunRows {
  /** Returns the attempts of the runs, in the same transaction. */
  AttemptRows attempts();

  /** Keeps others from deciding who may run, of the job and of its limit, until this is over. */
  void lock(ScheduledJob job);

  /**
   * Records a run.
   *
   * @param slot what only one run can have; null for those that any number may be of
   * @throws RunRecords.SlotTaken if there is one with this slot
   */
  void insert(Run run, @Nullable String slot);

  /** Writes a run that was claimed, if nobody claimed or finished it since its row was read. */
  boolean updateClaim(Run claimed, long readToken);

  /** Writes what became of a run under its token; false if the token is stale. */
  boolean updateFenced(Run run);

  /**
   * Moves on to another unfinished state, or stays in its own where that is null; false if the
   * token is stale or the run is released.
   */
  boolean touch(String runId, long token, String incarnation, @Nullable RunState state);

  /**
   * Writes the end of a run that nobody holds: queued, or waiting for its next attempt; false if
   * somebody claimed it meanwhile.
   */
  boolean finishWaiting(Run run);

  /** Lets only attempts from the run's token on count; false if the token is stale. */
  boolean updateRestart(Run run);

  /** Writes why a queued run waits, and under which limit. */
  void updateObstacle(Run run);

  /**
   * Puts a skipped run into the queue, if its row was written later than now: by a clock that was
   * ahead, and has been put back since.
   */
  boolean reopen(String runId, Instant now);

  /**
   * Lets a run that has ended without success wait for its next attempt, with the kind, the moment
   * and the payload given; false if its row was written since it was read.
   */
  boolean updateRetried(Run waiting);

  /** Asks an unfinished run to end; the first reason stands. False if it is finished. */
  boolean updateEnding(String runId, String why);

  Optional<Run> byId(String id);

  Optional<Run> bySlot(String slot);

  /** Returns runs of one job, or of all where that is null, the newest first. */
  List<Run> newest(@Nullable String job, int most);

  List<Run> unfinished();

  List<Run> unfinishedOf(String job);

  List<Run> shardsOf(String parent);

  /** Returns the runs at work that a scheduler claimed, whoever holds them. */
  List<Run> atWork();

  /** Returns the runs at work that one life of a process claimed. */
  List<Run> atWorkIn(String incarnation);

  /** Returns the runs at work that count in a limit, but for one. */
  List<Run> atWorkUnder(String limit, String butRunId);

  /** Returns runs that wait in a limit, are older than one, and whose own job has none running. */
  List<Run> waitingBefore(String limit, String runId);

  /** Returns a job's runs in the queue that are older than one, without its shards. */
  List<Run> queuedBefore(String job, String runId);

  /** Returns waiting runs of a job that a scheduler is to go on with. */
  List<Run> waitingOf(String job, int most);

  /** Returns waiting runs in a limit that a scheduler is to go on with. */
  List<Run> waitingUnder(String limit, int most);

  /**
   * Returns waiting runs that a scheduler is to go on with; those first that have been due, or in
   * the queue, for longest.
   */
  List<Run> longestWaiting(int most);

  /** Returns whether an owner that is not this one counts as alive. */
  boolean isAlive(Owner other);

  /** Names the one moment a scheduled run stands for; null for runs that stand for none. */
  static @Nullable String slot(Run run) {
    return run.kind() == TriggerKind.SCHEDULE
        ? slot(run.job(), run.scheduledAt().toEpochMilli())
        : null;
  }

  static String slot(String job, long epochMillis) {
    return job + "@" + epochMillis;
  }

  /** Returns whether somebody works on a run, or worked on it when he died. */
  static boolean isAtWork(Run run) {
    return run.state() == RunState.RUNNING
        || (run.state() == RunState.RETRYING && run.dueAt().isEmpty());
  }
}
