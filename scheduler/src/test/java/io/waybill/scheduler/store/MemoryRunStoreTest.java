package io.waybill.scheduler.store;

import java.time.InstantSource;
import java.util.Random;

class MemoryRunStoreTest extends RunStoreCases {
  private final MemoryStore store = new MemoryStore();

  @Override
  protected RunStore owner(String node, InstantSource time, Random random) {
    return RunStore.of(store, node, time, random);
  }
}
