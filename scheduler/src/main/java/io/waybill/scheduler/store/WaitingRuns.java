package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the runs that somebody should go on with. */
final class WaitingRuns {
  private final RunRecords records;
  private final Owner owner;
  private final Stamps stamps;
  private final Membership membership;

  WaitingRuns(RunRecords records, Owner owner, Stamps stamps, Membership membership) {
    this.records = records;
    this.owner = owner;
    this.stamps = stamps;
    this.membership = membership;
  }

  /** As {@link RunStore#waitingBehind}. */
  List<Run> behind(Run ended, int most) {
    Instant now = stamps.now();
    return records.run(
        "looking for what waits behind run " + ended.id(),
        rows -> {
          Map<String, Run> found = new LinkedHashMap<>();
          rows.waitingOf(ended.job(), most).forEach(run -> found.put(run.id(), run));
          ended
              .limit()
              .ifPresent(
                  limit -> rows.waitingUnder(limit, most).forEach(run -> found.put(run.id(), run)));
          return found.values().stream()
              .filter(run -> run.dueAt().filter(due -> due.isAfter(now)).isEmpty())
              .toList();
        });
  }

  /** As {@link RunStore#abandoned}. */
  List<Run> abandoned() {
    return records.run(
        "looking for runs that nobody works on",
        rows -> rows.atWork().stream().filter(run -> isDropped(rows, run)).toList());
  }

  // one owner is not dead to another while that cannot be sure of its own lease
  private boolean isDropped(RunRows rows, Run run) {
    boolean mine = run.owner().equals(Optional.of(owner));
    return (mine || membership.isSteady()) && !membership.isHeld(rows, run);
  }

  /** As {@link RunStore#overdue}. */
  List<Run> overdue(Duration patience, int most) {
    Instant since = stamps.now().minus(patience);
    return records.run(
        "looking for runs that were not woken",
        rows ->
            rows.longestWaiting(most).stream()
                .filter(run -> run.dueAt().orElse(run.createdAt()).isBefore(since))
                .toList());
  }
}
