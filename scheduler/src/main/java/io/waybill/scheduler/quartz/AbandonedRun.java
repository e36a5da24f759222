package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunStore;
import java.util.Optional;

/** The run that a handler may have left unfinished when it threw. */
record AbandonedRun(RunStore runs, Run claimed) {

  void fail(Throwable failure) {
    runs.find(claimed.id())
        .filter(run -> !run.state().isFinished() && run.dueAt().isEmpty())
        .filter(run -> run.token() == claimed.token())
        .ifPresent(
            run ->
                runs.finish(
                    run,
                    RunState.FAILED,
                    Optional.of(FailureClass.PERMANENT),
                    "the handler broke off: " + failure,
                    run.payload()));
  }
}
