package io.waybill.scheduler.quartz;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;

/** Store, runs and scheduler of one life of a daemon. */
final class Daemon implements AutoCloseable {
  final Store store;
  final RunStore runs;
  final QuartzScheduler scheduler;

  Daemon(Path file, Duration onTime, Function<RunStore, FiringHandler> handler) {
    this(file, EngineSettings.DEFAULT.withThreads(4).withOnTime(onTime), handler);
  }

  Daemon(Path file, EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    store = Store.open(StoreSettings.h2(file));
    runs = RunStore.of(store, "node", InstantSource.system(), new SecureRandom());
    scheduler = QuartzScheduler.open(store, runs, handler.apply(runs), settings);
  }

  @Override
  public void close() {
    try {
      scheduler.close();
    } finally {
      store.close();
    }
  }
}
