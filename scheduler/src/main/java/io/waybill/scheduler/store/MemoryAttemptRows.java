package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Attempts in memory, beside their runs. */
final class MemoryAttemptRows implements AttemptRows {
  private final Map<String, MemoryRun> runs;
  private final UndoLog undo;

  /**
   * Makes the attempts of some runs.
   *
   * @param runs by id
   */
  MemoryAttemptRows(Map<String, MemoryRun> runs, UndoLog undo) {
    this.runs = runs;
    this.undo = undo;
  }

  @Override
  public void insert(Attempt attempt) {
    MemoryRun run = runs.get(attempt.runId());
    if (run == null) {
      throw new IllegalStateException(
          "an attempt of run " + attempt.runId() + ", which is not there");
    }
    run.attempts.add(attempt);
    undo.add(() -> run.attempts.remove(run.attempts.size() - 1));
  }

  @Override
  public boolean updateEnd(Attempt attempt) {
    List<Attempt> attempts = written(attempt.runId());
    int index = lastIndex(attempts, found -> found.id().equals(attempt.id()));
    if (index < 0 || attempts.get(index).state() != AttemptState.RUNNING) {
      return false;
    }
    replace(attempts, index, attempt);
    return true;
  }

  private void replace(List<Attempt> attempts, int index, Attempt attempt) {
    Attempt before = attempts.set(index, attempt);
    undo.add(() -> attempts.set(index, before));
  }

  @Override
  public void interruptOlder(String runId, long token, Instant now) {
    List<Attempt> attempts = written(runId);
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      if (attempt.token() < token && attempt.state() == AttemptState.RUNNING) {
        replace(
            attempts,
            i,
            attempt.toBuilder()
                .state(AttemptState.INTERRUPTED)
                .endedAt(now)
                .failureClass(FailureClass.TRANSIENT)
                .message(INTERRUPTED)
                .build());
      }
    }
  }

  @Override
  public int lastNumber(String runId, String stepKey) {
    return written(runId).stream()
        .filter(attempt -> attempt.stepKey().equals(stepKey))
        .mapToInt(Attempt::number)
        .max()
        .orElse(0);
  }

  @Override
  public Optional<Attempt> byId(String runId, String id) {
    List<Attempt> attempts = written(runId);
    int index = lastIndex(attempts, found -> found.id().equals(id));
    return index < 0 ? Optional.empty() : Optional.of(attempts.get(index));
  }

  @Override
  public List<Attempt> ofRun(String runId) {
    return written(runId).stream()
        .sorted(Comparator.comparingLong(Attempt::token).thenComparing(Attempt::id))
        .toList();
  }

  private List<Attempt> written(String runId) {
    MemoryRun run = runs.get(runId);
    return run == null ? List.of() : run.attempts;
  }

  private static int lastIndex(List<Attempt> attempts, Predicate<Attempt> wanted) {
    for (int i = attempts.size() - 1; i >= 0; i--) {
      if (wanted.test(attempts.get(i))) {
        return i;
      }
    }
    return -1;
  }
}
