import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** db-scheduler, with tasks that do nothing and leave nothing behind; on PostgreSQL. */
final class OneTime implements Load {
  private static final String TABLE =
      """
      create table scheduled_tasks (
        task_name text not null, task_instance text not null, task_data bytea,
        execution_time timestamptz not null, picked boolean not null, picked_by text,
        last_success timestamptz, last_failure timestamptz, consecutive_failures int,
        last_heartbeat timestamptz, version bigint not null, priority smallint, state text,
        primary key (task_name, task_instance));
      create index execution_time_idx on scheduled_tasks (execution_time);
      create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);
      """;

  private final HikariDataSource pool;
  private final Scheduler scheduler;
  private final OneTimeTask<Void> task =
      Tasks.oneTime("task").execute((instance, context) -> count());
  private CountDownLatch left = new CountDownLatch(0);

  OneTime(Place place) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(place.emptyPostgres());
    config.setUsername("postgres");
    config.setPassword("bench");
    config.setMaximumPoolSize(CONNECTIONS);
    pool = new HikariDataSource(config);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(TABLE);
    }
    scheduler =
        Scheduler.create(pool, task)
            .threads(THREADS)
            .pollingInterval(Duration.ofMillis(100))
            .pollUsingLockAndFetch(1, 4) // what its own documentation has for throughput
            .build();
  }

  private void count() {
    left.countDown();
  }

  @Override
  public void fill(int count) {
    left = new CountDownLatch(count);
    scheduler.scheduleBatch(
        IntStream.range(0, count)
            .<TaskInstance<?>>mapToObj(i -> task.instance("job-" + i))
            .toList(),
        Instant.now());
  }

  @Override
  public void fire() throws InterruptedException {
    scheduler.start();
    left.await();
  }

  @Override
  public void close() {
    scheduler.stop();
    pool.close();
  }
}
