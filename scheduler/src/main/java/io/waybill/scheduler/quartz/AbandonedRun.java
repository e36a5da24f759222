package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunStore;
import java.util.Optional;

/** The run that a handler left unfinished when it threw: nobody else would ever end it. */
record AbandonedRun(RunStore runs, Firing firing) {

  void fail(RuntimeException failure) {
    find()
        .filter(run -> !run.state().isFinished())
        .filter(run -> run.owner().equals(Optional.of(runs.owner())))
        .ifPresent(
            run ->
                runs.finish(
                    run,
                    RunState.FAILED,
                    Optional.of(FailureClass.PERMANENT),
                    "the handler broke off: " + failure,
                    run.payload()));
  }

  private Optional<Run> find() {
    return firing
        .runId()
        .map(runs::find)
        .orElseGet(() -> runs.find(firing.job(), firing.scheduledAt()));
  }
}
