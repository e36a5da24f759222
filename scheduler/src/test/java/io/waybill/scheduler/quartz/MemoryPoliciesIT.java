package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MemoryPoliciesIT extends PoliciesCases {
  private final MemoryStore store = new MemoryStore();

  @Override
  protected Daemon open(EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    return new Daemon(store, settings, handler);
  }

  @Test
  void theNextSchedulerOfTheStoreGoesOnWithWhatTheLastOneLeft() {
    ScheduledJob job = onDemand("a").build();
    String id;
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(job);
      daemon.scheduler.start();
      work.failures = 1;
      id = daemon.scheduler.trigger("a", "");
      await().until(() -> state(daemon, id) == RunState.RETRYING);
    }
    try (Daemon daemon = open()) {
      assertThat(daemon.scheduler.scheduledJobs()).isEmpty();
      daemon.scheduler.schedule(job);
      daemon.scheduler.start();
      await().until(() -> state(daemon, id) == RunState.SUCCEEDED);
      assertThat(daemon.runs.attempts(id)).hasSize(2);
    }
  }
}
