package io.waybill.scheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import java.nio.file.Path;
import java.util.List;
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

  @Test
  void schedulesAJobInAnApplicationWithoutADatabase() throws InterruptedException {
    AtomicInteger done = new AtomicInteger();
    List<Run> runs = ScheduleInMemory.run(done::incrementAndGet);
    assertThat(done).hasValueBetween(1, 3);
    assertThat(runs).hasSize(done.get()).extracting(Run::state).containsOnly(RunState.SUCCEEDED);
  }
}
