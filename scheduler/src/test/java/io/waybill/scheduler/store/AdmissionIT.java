package io.waybill.scheduler.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class AdmissionIT extends AdmissionCases {
  @TempDir Path folder;

  private @Nullable Store store;

  @AfterEach
  void close() {
    store().close();
  }

  private Store store() {
    if (store == null) {
      store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    }
    return store;
  }

  @Override
  protected RunStore owner(String node, InstantSource time, Random random) {
    return RunStore.of(store(), node, time, random);
  }
}
