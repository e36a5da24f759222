package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process whose threads write runs as fast as they can, and print each write once it has been
 * acknowledged, until the process is killed.
 *
 * <p>Arguments: the store's file, a seed, whether to interrupt the writers while they write, and
 * for how many milliseconds H2 keeps chunks that nothing needs any more.
 */
final class StoreWriters {
  private static final int WRITERS = 4;

  private final RunStore runs;

  private StoreWriters(RunStore runs) {
    this.runs = runs;
  }

  public static void main(String[] args) throws InterruptedException, SQLException {
    Store store = Store.open(StoreSettings.h2(Path.of(args[0])));
    Random random = new Random(Long.parseLong(args[1]));
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set retention_time " + Integer.parseInt(args[3]));
    }
    StoreWriters writers =
        new StoreWriters(
            RunStore.of(store, "node", InstantSource.system(), new Random(random.nextLong())));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Random own = new Random(random.nextLong());
      threads.add(new Thread(() -> writers.write(own), "writer-" + i));
    }
    threads.forEach(Thread::start);
    print("READY");
    while (Boolean.parseBoolean(args[2])) {
      LockSupport.parkNanos(100_000L * (1 + random.nextInt(200)));
      threads.get(random.nextInt(WRITERS)).interrupt();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void write(Random random) {
    while (true) {
      try {
        writeRun(random);
      } catch (SchedulerException.StoreFailed | SchedulerException.NotClaimable e) {
        // nothing may be: an interrupt is no reason
        print("REFUSED " + e.toString().replace('\n', ' '));
      }
      // the next write starts without what is left of the last interrupt
      Thread.interrupted();
    }
  }

  private void writeRun(Random random) {
    String payload = "{\"pad\":\"" + "x".repeat(random.nextInt(2000)) + "\"}";
    Run run;
    if (random.nextBoolean()) {
      run = runs.open("job", TriggerKind.MANUAL, Instant.now(), payload).orElseThrow();
    } else {
      Run queued =
          runs.enqueue("job", TriggerKind.MANUAL, Instant.now(), "queued", payload).orElseThrow();
      acknowledge(queued);
      run = runs.claim(queued.id());
    }
    acknowledge(run);
    acknowledge(runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "{}"));
  }

  private static void acknowledge(Run run) {
    print("WROTE " + run.id() + " " + run.state());
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
