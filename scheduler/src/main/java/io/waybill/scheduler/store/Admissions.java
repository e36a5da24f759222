package io.waybill.scheduler.store;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides about each firing whether its run works now, and claims it if it does. */
final class Admissions {
  private final RunRecords records;
  private final Owner owner;
  private final Stamps stamps;
  private final Claims claims;
  private final Membership membership;

  Admissions(RunRecords records, Owner owner, Stamps stamps, Claims claims, Membership membership) {
    this.records = records;
    this.owner = owner;
    this.stamps = stamps;
    this.claims = claims;
    this.membership = membership;
  }

  /** As {@link RunStore#admit(ScheduledJob, TriggerKind, Instant, String)}. */
  Admission admit(ScheduledJob job, TriggerKind kind, Instant scheduledAt, String payload) {
    Run fresh =
        stamps
            .newRun(job.name(), kind, scheduledAt)
            .payload(payload)
            .limit(job.limit().map(ConcurrencyLimit::name).orElse(null))
            .build();
    try {
      return admit(
          "recording a run of " + job.name(), fresh.id(), rows -> admitNew(rows, job, fresh));
    } catch (RunRecords.SlotTaken e) {
      return records
          .run(
              "reading a run of " + job.name(),
              rows ->
                  rows.bySlot(RunRows.slot(job.name(), fresh.scheduledAt().toEpochMilli()))
                      .filter(existing -> isToGoOn(rows, existing)))
          .map(existing -> admit(job, existing.id()))
          .orElseGet(Admission.Settled::new);
    }
  }

  // what nobody has begun belongs to its own firing, but for what a wrong clock took for missed
  private boolean isToGoOn(RunRows rows, Run existing) {
    return existing.owner().isPresent() || rows.reopen(existing.id(), stamps.now());
  }

  /** As {@link RunStore#admit(ScheduledJob, String)}. */
  Admission admit(ScheduledJob job, String runId) {
    return admit("admitting run " + runId, runId, rows -> admitExisting(rows, job, runId));
  }

  private Admission admit(String doing, String runId, RunRecords.Work<Admission> decision) {
    membership.require();
    Admission admission;
    try {
      admission = records.run(doing, decision);
    } catch (RuntimeException e) {
      claims.remove(runId);
      throw e;
    }
    if (admission instanceof Admission.Waiting waiting) {
      String why = replacedBy(waiting.run());
      waiting.replaces().forEach(replaced -> membership.tellEnd(replaced, why));
    }
    return admission;
  }

  private Admission admitNew(RunRows rows, ScheduledJob job, Run fresh) {
    rows.lock(job);
    OtherRuns others = new OtherRuns(rows, job, stamps.now());
    Optional<OtherRuns.Obstacle> obstacle = others.obstacle(fresh, false);
    if (obstacle.isEmpty()) {
      Run claimed = claimed(fresh);
      rows.insert(claimed, RunRows.slot(claimed));
      claims.put(claimed); // before others can see the row
      return new Admission.Admitted(claimed, others.supersede(claimed), Optional.empty());
    }
    if (obstacle.get().bySkip()) {
      Run skipped = skipped(fresh, obstacle.get().why());
      rows.insert(skipped, RunRows.slot(skipped));
      return new Admission.Skipped(skipped);
    }
    Run queued = fresh.toBuilder().message(obstacle.get().why()).build();
    rows.insert(queued, RunRows.slot(queued));
    return waiting(rows, others, job, queued, obstacle.get());
  }

  private Admission admitExisting(RunRows rows, ScheduledJob job, String runId) {
    rows.lock(job);
    Run run = rows.byId(runId).orElse(null);
    if (run == null || run.state().isFinished() || membership.isHeld(rows, run) || !isDue(run)) {
      return new Admission.Settled();
    }
    OtherRuns others = new OtherRuns(rows, job, stamps.now());
    Optional<OtherRuns.Obstacle> obstacle =
        RunRows.isAtWork(run) || run.ending().isPresent()
            ? Optional.empty()
            : others.obstacle(run, true);
    String limit = job.limit().map(ConcurrencyLimit::name).orElse(null);
    if (obstacle.isEmpty()) {
      Run claimed = claimed(run).toBuilder().limit(limit).build();
      if (!rows.updateClaim(claimed, run.token())) {
        return new Admission.Settled();
      }
      claims.put(claimed);
      return new Admission.Admitted(
          claimed,
          others.supersede(claimed),
          run.owner().map(Owner::node).filter(node -> !node.equals(owner.node())));
    }
    if (obstacle.get().bySkip()) {
      Run skipped = skipped(run, obstacle.get().why());
      return rows.finishWaiting(skipped) ? new Admission.Skipped(skipped) : new Admission.Settled();
    }
    // with its limit, or whoever makes room there does not find it
    Run queued = run.toBuilder().message(obstacle.get().why()).limit(limit).build();
    boolean isNews = !queued.message().equals(run.message()) || !queued.limit().equals(run.limit());
    if (run.state() == RunState.QUEUED && isNews) {
      rows.updateObstacle(queued);
    }
    return waiting(rows, others, job, queued, obstacle.get());
  }

  private static Admission waiting(
      RunRows rows, OtherRuns others, ScheduledJob job, Run queued, OtherRuns.Obstacle obstacle) {
    if (job.overlap() != OverlapPolicy.REPLACE || queued.owner().isPresent()) {
      return new Admission.Waiting(queued, List.of(), List.of());
    }
    for (String live : obstacle.live()) {
      rows.updateEnding(live, replacedBy(queued));
    }
    return new Admission.Waiting(queued, obstacle.live(), others.dropQueued(queued));
  }

  private static String replacedBy(Run queued) {
    return "replaced by run " + queued.id();
  }

  private boolean isDue(Run run) {
    return run.ending().isPresent()
        || run.dueAt().filter(due -> due.isAfter(stamps.now())).isEmpty();
  }

  private Run claimed(Run run) {
    return run.toBuilder()
        .state(RunState.RUNNING)
        .startedAt(run.startedAt().orElse(stamps.now()))
        .recovered(run.recovered() || (run.owner().isPresent() && run.dueAt().isEmpty()))
        .owner(owner)
        .token(run.token() + 1)
        .dueAt(null)
        .message("") // what it waited for, or its last attempt's failure
        .build();
  }

  private Run skipped(Run run, String reason) {
    return run.toBuilder().state(RunState.SKIPPED).endedAt(stamps.now()).message(reason).build();
  }
}
