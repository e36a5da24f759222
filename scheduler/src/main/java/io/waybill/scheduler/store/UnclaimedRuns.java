package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records runs that nobody holds yet, and ends those that nobody will. */
final class UnclaimedRuns {
  private static final int MAX_ENDING = 500;

  private final RunRecords records;
  private final Stamps stamps;
  private final Membership membership;

  UnclaimedRuns(RunRecords records, Stamps stamps, Membership membership) {
    this.records = records;
    this.stamps = stamps;
    this.membership = membership;
  }

  /** As {@link RunStore#enqueue}. */
  Optional<Run> enqueue(
      String job, TriggerKind kind, Instant scheduledAt, String decision, String payload) {
    Run run = stamps.newRun(job, kind, scheduledAt).decision(decision).payload(payload).build();
    return insert(run, RunRows.slot(run)) ? Optional.of(run) : Optional.empty();
  }

  /** As {@link RunStore#enqueueShards}. */
  List<Run> enqueueShards(Run parent, List<String> payloads) {
    List<Run> shards = new ArrayList<>();
    for (int i = 0; i < payloads.size(); i++) {
      Run shard =
          stamps
              .newRun(parent.job(), TriggerKind.SHARD, parent.scheduledAt())
              .payload(payloads.get(i))
              .parent(parent.id())
              .build();
      String slot = parent.id() + "#" + i;
      shards.add(
          insert(shard, slot)
              ? shard
              : records.run("reading a shard", rows -> rows.bySlot(slot)).orElseThrow());
    }
    return List.copyOf(shards);
  }

  /** As {@link RunStore#skip}. */
  Optional<Run> skip(String job, Instant scheduledAt, String reason) {
    Run run =
        ended(
            stamps.newRun(job, TriggerKind.SCHEDULE, scheduledAt).build(),
            RunState.SKIPPED,
            reason);
    return insert(run, RunRows.slot(run)) ? Optional.of(run) : Optional.empty();
  }

  private boolean insert(Run run, @Nullable String slot) {
    try {
      return records.run(
          "recording a run of " + run.job(),
          rows -> {
            rows.insert(run, slot);
            return true;
          });
    } catch (RunRecords.SlotTaken e) {
      return false;
    }
  }

  /** As {@link RunStore#skipQueued}. */
  Optional<Run> skipQueued(String runId, String reason) {
    return records.run(
        "skipping run " + runId,
        rows ->
            rows.byId(runId)
                .filter(found -> found.state() == RunState.QUEUED)
                .map(found -> ended(found, RunState.SKIPPED, reason))
                .filter(rows::finishWaiting));
  }

  /** As {@link RunStore#requestEnd}. */
  Run requestEnd(String runId, String why) {
    String reason = why.substring(0, Math.min(why.length(), MAX_ENDING));
    Run asked = records.run("ending run " + runId, rows -> requestEnd(rows, runId, reason));
    membership.tellEnd(runId, reason);
    return asked;
  }

  private Run requestEnd(RunRows rows, String runId, String reason) {
    Run run = rows.byId(runId).orElseThrow(() -> new SchedulerException.NotClaimable(runId));
    if (run.state() == RunState.QUEUED) {
      Run cancelled = ended(run, RunState.CANCELLED, reason);
      if (rows.finishWaiting(cancelled)) {
        return cancelled;
      }
    }
    if (!rows.updateEnding(runId, reason)) {
      throw new SchedulerException.NotClaimable(rows.byId(runId).orElse(run));
    }
    return rows.byId(runId).orElse(run);
  }

  /** As {@link RunStore#retry}. */
  Run retry(String runId, TriggerKind kind, String payload) {
    return records.run(
        "retrying run " + runId,
        rows -> {
          Run run = rows.byId(runId).orElseThrow(() -> new SchedulerException.NotClaimable(runId));
          Run waiting =
              run.toBuilder()
                  .state(RunState.RETRYING)
                  .kind(kind)
                  .payload(payload)
                  .dueAt(stamps.now())
                  .endedAt(null)
                  .failureClass(null)
                  .message("")
                  .ending(null)
                  .build();
          if (!rows.updateRetried(waiting)) {
            throw new SchedulerException.NotClaimable(run);
          }
          return waiting;
        });
  }

  private Run ended(Run run, RunState state, String reason) {
    return run.toBuilder().state(state).endedAt(stamps.now()).message(reason).build();
  }
}
