package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.RunStore;
import java.time.Instant;
import java.util.List;

/** Makes the engine fire for runs that are recorded: each is one one-shot trigger of the engine. */
final class RunTriggers {
  // of each kind, when a run ended: more cannot start in its place
  private static final int MOST_WOKEN = 8;

  private final Engine engine;
  private final RunStore runs;

  RunTriggers(Engine engine, RunStore runs) {
    this.engine = engine;
    this.runs = runs;
  }

  /** Fires a run soon, on any node; does nothing if it is going to fire already. */
  void fireNow(Run run) {
    engine.fireOnce(run.job(), run.id(), Instant.now(), Eligibility.ANY_NODE);
  }

  /**
   * Fires a released run when it is due, on the node that it was on: what it has fetched is there.
   */
  void fireWhenDue(Run run) {
    engine.fireOnce(run.job(), run.id(), run.dueAt().orElseGet(Instant::now), nodes(run));
  }

  /** Fires what waited for a run that has ended or was released. */
  void wakeBehind(Run ended) {
    List<Run> waiting = runs.waitingBehind(ended, MOST_WOKEN);
    waiting.forEach(this::fireAgain);
    ended
        .parent()
        .flatMap(runs::find)
        .filter(parent -> parent.dueAt().isPresent())
        .filter(parent -> runs.shards(parent.id()).stream().allMatch(s -> s.state().isFinished()))
        .ifPresent(this::fireAgain);
  }

  private void fireAgain(Run run) {
    engine.fireOnce(run.job(), run.id(), Instant.now(), nodes(run));
  }

  // where there is one node only it is the right one, whatever it was called in another life
  private String nodes(Run run) {
    return run.owner()
        .filter(owner -> runs.membership().isShared())
        .map(owner -> Eligibility.only(owner.node()))
        .orElse(Eligibility.ANY_NODE);
  }
}
