package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs in memory. Its conditions are those of the statements in {@link JdbcRunRows}, and so is what
 * each change leaves as it was: what is handed in may be older than what is written.
 */
final class MemoryRunRows implements RunRows {
  private final UndoLog undo = new UndoLog();
  private final MemoryRuns runs;
  private final MemoryAttemptRows attempts;

  MemoryRunRows(int kept) {
    runs = new MemoryRuns(kept, undo);
    attempts = new MemoryAttemptRows(runs.byId(), undo);
  }

  void commit() {
    undo.forget();
    runs.forgetOldest();
  }

  void rollBack() {
    undo.takeBack();
  }

  @Override
  public AttemptRows attempts() {
    return attempts;
  }

  @Override
  public void lock(ScheduledJob job) {
    // one transaction is at work at a time
  }

  @Override
  public void insert(Run run, @Nullable String slot) {
    runs.add(new MemoryRun(slot, run));
  }

  @Override
  public boolean updateClaim(Run claimed, long readToken) {
    return change(
        claimed.id(),
        run -> run.token() == readToken && isUnfinished(run),
        builder ->
            builder
                .state(claimed.state())
                .startedAt(claimed.startedAt().orElse(null))
                .recovered(claimed.recovered())
                .owner(claimed.owner().orElse(null))
                .token(claimed.token())
                .limit(claimed.limit().orElse(null))
                .message("")
                .dueAt(null));
  }

  @Override
  public boolean updateFenced(Run written) {
    return change(
        written.id(),
        run -> isUnder(run, written.token(), incarnation(written)),
        builder ->
            builder
                .state(written.state())
                .endedAt(written.endedAt().orElse(null))
                .failureClass(written.failureClass().orElse(null))
                .message(written.message())
                .payload(written.payload())
                .dueAt(written.dueAt().orElse(null)));
  }

  @Override
  public boolean touch(String runId, long token, String incarnation, @Nullable RunState state) {
    MemoryRun found = runs.byId().get(runId);
    if (found == null
        || !isUnder(found.run, token, Optional.of(incarnation))
        || found.run.dueAt().isPresent()) {
      return false;
    }
    if (state != null && state != found.run.state()) {
      runs.change(found, found.run.toBuilder().state(state).build());
    }
    return true;
  }

  @Override
  public boolean finishWaiting(Run finished) {
    return change(
        finished.id(),
        run -> run.token() == finished.token() && isUnfinished(run) && !RunRows.isAtWork(run),
        builder ->
            builder
                .state(finished.state())
                .endedAt(finished.endedAt().orElse(null))
                .failureClass(finished.failureClass().orElse(null))
                .message(finished.message())
                .dueAt(null));
  }

  @Override
  public boolean updateRestart(Run restarted) {
    return change(
        restarted.id(),
        run -> isUnder(run, restarted.token(), incarnation(restarted)),
        builder -> builder.restartToken(restarted.token()));
  }

  @Override
  public void updateObstacle(Run queued) {
    change(
        queued.id(),
        run -> run.state() == RunState.QUEUED,
        builder -> builder.message(queued.message()).limit(queued.limit().orElse(null)));
  }

  @Override
  public boolean reopen(String runId, Instant now) {
    return change(
        runId,
        run -> run.state() == RunState.SKIPPED && run.createdAt().isAfter(now),
        builder -> builder.state(RunState.QUEUED).endedAt(null).message(""));
  }

  @Override
  public boolean updateRetried(Run waiting) {
    return change(
        waiting.id(),
        run -> run.token() == waiting.token() && run.state().isRetriable(),
        builder ->
            builder
                .state(RunState.RETRYING)
                .kind(waiting.kind())
                .payload(waiting.payload())
                .dueAt(waiting.dueAt().orElse(null))
                .endedAt(null)
                .failureClass(null)
                .message("")
                .ending(null));
  }

  @Override
  public boolean updateEnding(String runId, String why) {
    MemoryRun found = runs.byId().get(runId);
    if (found == null || !isUnfinished(found.run)) {
      return false;
    }
    if (found.run.ending().isEmpty()) {
      runs.change(found, found.run.toBuilder().ending(why).build());
    }
    return true;
  }

  /** Changes a builder that starts from a run as it is written. */
  @FunctionalInterface
  private interface Change {
    Run.Builder to(Run.Builder builder);
  }

  private boolean change(String runId, Predicate<Run> condition, Change change) {
    MemoryRun found = runs.byId().get(runId);
    if (found == null || !condition.test(found.run)) {
      return false;
    }
    runs.change(found, change.to(found.run.toBuilder()).build());
    return true;
  }

  private static boolean isUnder(Run run, long token, Optional<String> incarnation) {
    return run.token() == token
        && incarnation.isPresent()
        && incarnation(run).equals(incarnation)
        && isUnfinished(run);
  }

  private static Optional<String> incarnation(Run run) {
    return run.owner().map(Owner::incarnation);
  }

  private static boolean isUnfinished(Run run) {
    return !run.state().isFinished();
  }

  private static boolean isWaiting(Run run) {
    return isUnfinished(run) && !RunRows.isAtWork(run);
  }

  // who ran it himself looks again by himself
  private static boolean isScheduled(Run run) {
    return run.kind() != TriggerKind.LOCAL;
  }

  private static boolean isShard(Run run) {
    return run.kind() == TriggerKind.SHARD;
  }

  @Override
  public Optional<Run> byId(String id) {
    return Optional.ofNullable(runs.byId().get(id)).map(found -> found.run);
  }

  @Override
  public Optional<Run> bySlot(String slot) {
    return runs.bySlot(slot).map(found -> found.run);
  }

  @Override
  public List<Run> newest(@Nullable String job, int most) {
    return list(
        job == null ? runs.byId().descendingMap().values() : runs.ofJob().newestFirst(job),
        run -> true,
        most);
  }

  @Override
  public List<Run> unfinished() {
    return list(runs.unfinished().values(), run -> true);
  }

  @Override
  public List<Run> unfinishedOf(String job) {
    return list(runs.unfinishedOf().oldestFirst(job), run -> true);
  }

  @Override
  public List<Run> shardsOf(String parent) {
    return list(runs.shardsOf().oldestFirst(parent), run -> true);
  }

  @Override
  public List<Run> atWork() {
    return list(runs.unfinished().values(), run -> RunRows.isAtWork(run) && isScheduled(run));
  }

  @Override
  public List<Run> atWorkIn(String incarnation) {
    Optional<String> wanted = Optional.of(incarnation);
    return list(
        runs.unfinished().values(),
        run -> RunRows.isAtWork(run) && incarnation(run).equals(wanted));
  }

  @Override
  public List<Run> atWorkUnder(String limit, String butRunId) {
    return list(
        runs.unfinishedUnder().oldestFirst(limit),
        run -> RunRows.isAtWork(run) && !isShard(run) && !run.id().equals(butRunId));
  }

  @Override
  public List<Run> waitingBefore(String limit, String runId) {
    return list(
        runs.unfinishedUnder().before(limit, runId),
        run -> isWaiting(run) && !isRunning(run.job()));
  }

  private boolean isRunning(String job) {
    Predicate<Run> running = run -> run.state() == RunState.RUNNING;
    return !list(runs.unfinishedOf().oldestFirst(job), running, 1).isEmpty();
  }

  @Override
  public List<Run> queuedBefore(String job, String runId) {
    return list(
        runs.unfinishedOf().before(job, runId),
        run -> run.state() == RunState.QUEUED && !isShard(run));
  }

  @Override
  public List<Run> waitingOf(String job, int most) {
    return list(runs.unfinishedOf().oldestFirst(job), MemoryRunRows::isToGoOn, most);
  }

  @Override
  public List<Run> waitingUnder(String limit, int most) {
    return list(runs.unfinishedUnder().oldestFirst(limit), MemoryRunRows::isToGoOn, most);
  }

  @Override
  public List<Run> longestWaiting(int most) {
    return list(runs.unfinished().values(), MemoryRunRows::isToGoOn).stream()
        .sorted(Comparator.comparing(run -> run.dueAt().orElse(run.createdAt())))
        .limit(most)
        .toList();
  }

  private static boolean isToGoOn(Run run) {
    return isWaiting(run) && isScheduled(run);
  }

  private static List<Run> list(Collection<MemoryRun> found, Predicate<Run> wanted) {
    return list(found, wanted, Integer.MAX_VALUE);
  }

  private static List<Run> list(Collection<MemoryRun> found, Predicate<Run> wanted, int most) {
    List<Run> listed = new ArrayList<>();
    for (MemoryRun each : found) {
      if (listed.size() == most) {
        break;
      }
      if (wanted.test(each.run)) {
        listed.add(each.run);
      }
    }
    return listed;
  }

  @Override
  public boolean isAlive(Owner other) {
    return false; // the memory is this process's alone
  }
}
