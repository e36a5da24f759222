package io.waybill.scheduler.quartz;

import io.waybill.scheduler.store.MemoryStore;

class MemoryPauseIT extends PauseCases {
  private final MemoryStore store = new MemoryStore();

  @Override
  protected Daemon open() {
    return new Daemon(store, Daemon.fourThreads(MINUTE), Firings::new);
  }
}
