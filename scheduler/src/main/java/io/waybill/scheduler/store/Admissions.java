package io.waybill.scheduler.store;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a run may work now, by counting the runs that do. There are no counters that
 * could leak: a slot is a row of {@code wb_run} at work, also while its dead owner's run waits to
 * be recovered. Every method wants the job's {@link Gates} locked.
 */
final class Admissions {
  private final Connection connection;
  private final ScheduledJob job;
  private final Instant now;
  private @Nullable List<Run> unfinished;

  Admissions(Connection connection, ScheduledJob job, Instant now) {
    this.connection = connection;
    this.job = job;
    this.now = now;
  }

  /**
   * What keeps a run from working.
   *
   * @param bySkip whether it is the job's other run, and the policy is to skip
   * @param live ids of the job's live runs
   * @param why for a person
   */
  record Obstacle(boolean bySkip, List<String> live, String why) {
    Obstacle {
      live = List.copyOf(live);
    }
  }

  /**
   * Names what keeps a run from working now; empty if nothing does.
   *
   * @param recorded whether it has a row already. A scheduled one that has was missed and is made
   *     up: it waits for the others that are, and is not skipped for them
   */
  Optional<Obstacle> obstacle(Run run, boolean recorded) throws SQLException {
    if (run.kind() == TriggerKind.SHARD) {
      return Optional.empty(); // it works for a run that was admitted
    }
    Optional<Obstacle> own = overlapObstacle(run, recorded);
    return own.isPresent() ? own : limitObstacle(run);
  }

  private Optional<Obstacle> overlapObstacle(Run run, boolean recorded) throws SQLException {
    if (job.overlap() == OverlapPolicy.ALLOW) {
      return Optional.empty();
    }
    List<String> live = ids(unfinished().stream().filter(Admissions::isAtWork).toList(), run);
    if (!live.isEmpty()) {
      boolean madeUp = recorded && run.kind() == TriggerKind.SCHEDULE;
      boolean fresh = run.owner().isEmpty() && !madeUp;
      String word = job.overlap().name().toLowerCase(java.util.Locale.ROOT);
      return Optional.of(
          new Obstacle(
              fresh && job.overlap() == OverlapPolicy.SKIP,
              live,
              "overlap %s: run %s of this job has not ended".formatted(word, live.get(0))));
    }
    if (job.overlap() == OverlapPolicy.REPLACE) {
      return Optional.empty(); // the newest one goes first
    }
    return unfinished().stream()
        .filter(other -> other.state() == RunState.QUEUED && other.id().compareTo(run.id()) < 0)
        .filter(older -> older.kind() != TriggerKind.SHARD)
        .filter(older -> run.kind() == older.kind() || job.overlap() == OverlapPolicy.QUEUE)
        .findFirst()
        .map(
            older ->
                new Obstacle(
                    false, List.of(), "run %s of this job goes first".formatted(older.id())));
  }

  private Optional<Obstacle> limitObstacle(Run run) throws SQLException {
    if (job.limit().isEmpty()) {
      return Optional.empty();
    }
    ConcurrencyLimit limit = job.limit().get();
    List<Run> live =
        RunRows.select(
            connection,
            "where limit_name = ? and kind <> 'SHARD' and" + RunRows.AT_WORK + others(run),
            limit.name());
    if (live.size() >= limit.atMost()) {
      return Optional.of(
          new Obstacle(
              false,
              List.of(),
              "limit %s (%d): run %s of %s is at work"
                  .formatted(limit.name(), limit.atMost(), live.get(0).id(), live.get(0).job())));
    }
    // who has waited longer goes first, unless its own job keeps it
    long before =
        RunRows.select(
                connection,
                "r where limit_name = ? and id < ? and"
                    + RunRows.WAITING
                    + " and not exists (select 1 from wb_run l where l.job = r.job and l.state ="
                    + " 'RUNNING')",
                limit.name(),
                run.id())
            .stream()
            .filter(older -> older.dueAt().filter(due -> due.isAfter(now)).isEmpty())
            .count();
    return live.size() + before >= limit.atMost()
        ? Optional.of(
            new Obstacle(
                false,
                List.of(),
                "limit %s (%d): %d runs wait for it longer"
                    .formatted(limit.name(), limit.atMost(), before)))
        : Optional.empty();
  }

  /** Ends runs that wait for their next attempt at what an admitted run does now. */
  List<Run> supersede(Run admitted) throws SQLException {
    if (admitted.kind() != TriggerKind.SCHEDULE) {
      return List.of();
    }
    List<Run> same =
        unfinished().stream()
            .filter(run -> run.state() == RunState.RETRYING && run.dueAt().isPresent())
            .filter(run -> run.kind() == TriggerKind.SCHEDULE && !run.id().equals(admitted.id()))
            .filter(run -> run.payload().equals(admitted.payload()))
            .toList();
    List<Run> ended = new ArrayList<>();
    for (Run run : same) {
      Run superseded =
          run.toBuilder()
              .state(RunState.FAILED)
              .endedAt(now)
              .dueAt(null)
              .failureClass(run.failureClass().orElse(FailureClass.TRANSIENT))
              .message(
                  "superseded by run "
                      + admitted.id()
                      + ", which does the same"
                      + (run.message().isEmpty() ? "" : "; its last attempt: " + run.message()))
              .build();
      if (RunRows.finishWaiting(connection, superseded)) {
        ended.add(superseded);
      }
    }
    return ended;
  }

  /** Skips the job's runs that wait in the queue before the newest, which replaces them. */
  List<Run> dropQueued(Run newest) throws SQLException {
    List<Run> dropped = new ArrayList<>();
    for (Run run :
        RunRows.select(
            connection,
            "where job = ? and state = 'QUEUED' and kind <> 'SHARD' and id < ?",
            job.name(),
            newest.id())) {
      Run skipped =
          run.toBuilder()
              .state(RunState.SKIPPED)
              .endedAt(now)
              .message("overlap replace: run " + newest.id() + " runs in its place")
              .build();
      if (RunRows.finishWaiting(connection, skipped)) {
        dropped.add(skipped);
      }
    }
    return dropped;
  }

  /** Returns what {@link RunRows#AT_WORK} says of a row. */
  static boolean isAtWork(Run run) {
    return run.state() == RunState.RUNNING
        || (run.state() == RunState.RETRYING && run.dueAt().isEmpty());
  }

  private static String others(Run run) {
    return " and id <> '" + run.id() + "'"; // a ULID: letters and digits
  }

  private static List<String> ids(List<Run> runs, Run but) {
    return runs.stream()
        .filter(run -> run.kind() != TriggerKind.SHARD)
        .map(Run::id)
        .filter(id -> !id.equals(but.id()))
        .toList();
  }

  // one look for all questions: it is a statement of each run
  private List<Run> unfinished() throws SQLException {
    List<Run> read = unfinished;
    if (read == null) {
      read = RunRows.unfinishedOf(connection, job.name());
      unfinished = read;
    }
    return read;
  }
}
