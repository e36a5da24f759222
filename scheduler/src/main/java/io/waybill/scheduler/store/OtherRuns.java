package io.waybill.scheduler.store;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The runs that a run has beside it, in one transaction: which of them keep it from working now,
 * and which end in its favour. They are counted each time, so that there is no counter that could
 * leak: a slot is a row at work, also while its dead owner's run waits to be recovered. Every
 * method wants the job {@linkplain RunRows#lock locked}.
 */
final class OtherRuns {
  private static final int MOST_NAMED = 3;

  private final RunRows rows;
  private final ScheduledJob job;
  private final Instant now;
  private @Nullable List<Run> unfinished;

  OtherRuns(RunRows rows, ScheduledJob job, Instant now) {
    this.rows = rows;
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
  Optional<Obstacle> obstacle(Run run, boolean recorded) {
    if (run.kind() == TriggerKind.SHARD) {
      return Optional.empty(); // it works for a run that was admitted
    }
    Optional<Obstacle> own = overlapObstacle(run, recorded);
    return own.isPresent() ? own : limitObstacle(run);
  }

  private Optional<Obstacle> overlapObstacle(Run run, boolean recorded) {
    if (job.overlap() == OverlapPolicy.ALLOW) {
      return Optional.empty();
    }
    List<String> live = ids(unfinished().stream().filter(RunRows::isAtWork).toList(), run);
    if (!live.isEmpty()) {
      boolean madeUp = recorded && run.kind() == TriggerKind.SCHEDULE;
      boolean fresh = run.owner().isEmpty() && !madeUp;
      String word = job.overlap().name().toLowerCase(java.util.Locale.ROOT);
      return Optional.of(
          new Obstacle(
              fresh && job.overlap() == OverlapPolicy.SKIP && run.kind() != TriggerKind.EVENT,
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

  private Optional<Obstacle> limitObstacle(Run run) {
    if (job.limit().isEmpty()) {
      return Optional.empty();
    }
    ConcurrencyLimit limit = job.limit().get();
    List<Run> live = rows.atWorkUnder(limit.name(), run.id());
    if (live.size() >= limit.atMost()) {
      return Optional.of(
          new Obstacle(
              false,
              List.of(),
              "limit %s (%d): %s at work".formatted(limit.name(), limit.atMost(), named(live))));
    }
    // who has waited longer goes first, unless its own job keeps it
    long before =
        rows.waitingBefore(limit.name(), run.id()).stream()
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

  private static String named(List<Run> live) {
    String some =
        live.stream()
            .limit(MOST_NAMED)
            .map(run -> run.id() + " of " + run.job())
            .collect(Collectors.joining(", "));
    int more = live.size() - MOST_NAMED;
    return live.size() == 1
        ? "run " + some + " is"
        : "runs " + some + (more > 0 ? " and " + more + " more" : "") + " are";
  }

  /** Ends runs that wait for their next attempt at what an admitted run does now. */
  List<Run> supersede(Run admitted) {
    if (admitted.kind() != TriggerKind.SCHEDULE) {
      return List.of();
    }
    List<Run> ended = new ArrayList<>();
    for (Run run : unfinished()) {
      if (!isRetryOfSame(run, admitted)) {
        continue;
      }
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
      if (rows.finishWaiting(superseded)) {
        ended.add(superseded);
      }
    }
    return ended;
  }

  private static boolean isRetryOfSame(Run run, Run admitted) {
    return run.state() == RunState.RETRYING
        && run.dueAt().isPresent()
        && run.kind() == TriggerKind.SCHEDULE
        && !run.id().equals(admitted.id())
        && run.payload().equals(admitted.payload());
  }

  /** Skips the job's runs that wait in the queue before the newest, which replaces them. */
  List<Run> dropQueued(Run newest) {
    List<Run> dropped = new ArrayList<>();
    for (Run run : rows.queuedBefore(job.name(), newest.id())) {
      Run skipped =
          run.toBuilder()
              .state(RunState.SKIPPED)
              .endedAt(now)
              .message("overlap replace: run " + newest.id() + " runs in its place")
              .build();
      if (rows.finishWaiting(skipped)) {
        dropped.add(skipped);
      }
    }
    return dropped;
  }

  private static List<String> ids(List<Run> runs, Run but) {
    return runs.stream()
        .filter(run -> run.kind() != TriggerKind.SHARD)
        .map(Run::id)
        .filter(id -> !id.equals(but.id()))
        .toList();
  }

  // one look for all questions: it is a statement of each run
  private List<Run> unfinished() {
    List<Run> read = unfinished;
    if (read == null) {
      read = rows.unfinishedOf(job.name());
      unfinished = read;
    }
    return read;
  }
}
