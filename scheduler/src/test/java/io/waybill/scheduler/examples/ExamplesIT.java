package io.waybill.scheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesIT {
  @TempDir Path folder;

  @Test
  void schedulesAJobInAnApplication() throws InterruptedException {
    AtomicInteger done = new AtomicInteger();
    ScheduleInApplication.run(folder, done::incrementAndGet);
    assertThat(done).hasValue(1);
  }
}
