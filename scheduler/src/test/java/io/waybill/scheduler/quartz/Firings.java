package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A handler that records each firing as a run that succeeds, once it is let go on. */
final class Firings implements FiringHandler {
  private final RunStore runs;
  private final List<Firing> seen = new CopyOnWriteArrayList<>();
  private volatile @Nullable CountDownLatch gate;

  Firings(RunStore runs) {
    this.runs = runs;
  }

  Firings holding() {
    gate = new CountDownLatch(1);
    return this;
  }

  void letGo() {
    CountDownLatch closed = gate;
    if (closed != null) {
      closed.countDown();
    }
  }

  List<Firing> seen() {
    return seen;
  }

  @Override
  public void fire(Firing firing) {
    Run run = firing.run().orElseThrow();
    seen.add(firing);
    CountDownLatch closed = gate;
    if (closed != null) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    runs.finish(run, RunState.SUCCEEDED, Optional.<FailureClass>empty(), "", "{}");
  }
}
