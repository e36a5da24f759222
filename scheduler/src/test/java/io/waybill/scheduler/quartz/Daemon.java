package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.store.MemoryStore;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Store, runs and scheduler of one life of a daemon. */
final class Daemon implements AutoCloseable {
  final RunStore runs;
  final QuartzScheduler scheduler;
  private final @Nullable Store store; // none in memory

  Daemon(Path file, Duration onTime, Function<RunStore, FiringHandler> handler) {
    this(file, fourThreads(onTime), handler);
  }

  Daemon(Path file, EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    store = Store.open(StoreSettings.h2(file));
    runs = RunStore.of(store, "node", InstantSource.system(), new SecureRandom());
    scheduler = QuartzScheduler.open(store, runs, handler.apply(runs), settings);
  }

  Daemon(MemoryStore memory, EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    store = null;
    runs = RunStore.of(memory, "node", InstantSource.system(), new SecureRandom());
    scheduler = QuartzScheduler.open(memory, runs, handler.apply(runs), settings);
  }

  static EngineSettings fourThreads(Duration onTime) {
    return EngineSettings.DEFAULT.withThreads(4).withOnTime(onTime);
  }

  Store store() {
    return Objects.requireNonNull(store, "in memory");
  }

  @Override
  public void close() {
    try {
      scheduler.close();
    } finally {
      if (store != null) {
        store.close();
      }
    }
  }
}
