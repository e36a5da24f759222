package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MemorySchedulerIT extends QuartzSchedulerCases {
  private final Map<String, MemoryStore> stores = new HashMap<>();

  @Override
  protected Daemon open(
      String store, EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    return new Daemon(stores.computeIfAbsent(store, any -> new MemoryStore()), settings, handler);
  }

  @Test
  void refusesRunsOfAnotherStoreAndASecondSchedulerForTheSame() {
    MemoryStore store = new MemoryStore();
    RunStore runs = RunStore.of(store, "node", InstantSource.system(), new SecureRandom());
    assertThatThrownBy(() -> QuartzScheduler.open(new MemoryStore(), runs, firing -> {}).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not in this store");
    QuartzScheduler first = QuartzScheduler.open(store, runs, firing -> {});
    assertThatThrownBy(() -> QuartzScheduler.open(store, runs, firing -> {}).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a scheduler for these runs");
    first.close();
    QuartzScheduler.open(store, runs, firing -> {}).close();
  }
}
