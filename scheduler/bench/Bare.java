import static org.quartz.JobBuilder.newJob;
import static org.quartz.TriggerBuilder.newTrigger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.waybill.scheduler.store.SchedulerSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.Trigger;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.simpl.RAMJobStore;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** Quartz by itself: jobs that do nothing and are written down nowhere; set up as ours is. */
final class Bare implements Load {
  private static CountDownLatch left = new CountDownLatch(0);
  private static int made;

  private final @Nullable HikariDataSource pool;
  private final Scheduler quartz;

  Bare(Place place) throws Exception {
    String name = "bare-" + ++made;
    Properties properties = new Properties();
    set(properties, "scheduler.instanceName", name);
    set(properties, "scheduler.instanceId", "bench");
    set(properties, "scheduler.batchTriggerAcquisitionMaxCount", Integer.toString(THREADS));
    set(properties, "threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    set(properties, "threadPool.threadCount", Integer.toString(THREADS));
    if (place.kind().equals("ram")) {
      pool = null;
      set(properties, "jobStore.class", RAMJobStore.class.getName());
    } else {
      boolean postgres = place.kind().equals("postgres");
      pool = pool(place);
      SchedulerSchema.migrate(pool); // its tables too
      DBConnectionManager.getInstance().addConnectionProvider(name, new Pooled(pool));
      set(properties, "jobStore.class", JobStoreTX.class.getName());
      set(properties, "jobStore.dataSource", name);
      set(
          properties,
          "jobStore.driverDelegateClass",
          (postgres ? PostgreSQLDelegate.class : StdJDBCDelegate.class).getName());
      set(properties, "jobStore.useProperties", "true");
      set(properties, "jobStore.isClustered", Boolean.toString(postgres));
      set(properties, "jobStore.acquireTriggersWithinLock", "true");
      set(properties, "jobStore.misfireThreshold", "86400000");
    }
    quartz = new StdSchedulerFactory(properties).getScheduler();
  }

  private static HikariDataSource pool(Place place) throws Exception {
    HikariConfig config = new HikariConfig();
    boolean postgres = place.kind().equals("postgres");
    config.setJdbcUrl(
        postgres
            ? place.emptyPostgres()
            : "jdbc:h2:retry:"
                + place.emptyFile()
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;QUERY_CACHE_SIZE=64");
    config.setUsername(postgres ? "postgres" : "bench");
    config.setPassword(postgres ? "bench" : "");
    config.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(config);
  }

  private static void set(Properties properties, String key, String value) {
    properties.setProperty("org.quartz." + key, value);
  }

  @Override
  public void fill(int count) throws Exception {
    left = new CountDownLatch(count);
    Map<JobDetail, Set<? extends Trigger>> all = new HashMap<>();
    for (int i = 0; i < count; i++) {
      JobDetail job = newJob(Nothing.class).withIdentity("job-" + i).storeDurably().build();
      all.put(job, Set.of(newTrigger().withIdentity("job-" + i).forJob(job).startNow().build()));
    }
    quartz.scheduleJobs(all, false);
  }

  @Override
  public void fire() throws Exception {
    quartz.start();
    left.await();
  }

  @Override
  public void close() throws Exception {
    quartz.shutdown(true);
    if (pool != null) {
      pool.close();
    }
  }

  /** The job. */
  public static final class Nothing implements Job {
    @Override
    public void execute(JobExecutionContext context) {
      left.countDown();
    }
  }

  private record Pooled(HikariDataSource pool) implements ConnectionProvider {
    @Override
    public Connection getConnection() throws SQLException {
      return pool.getConnection();
    }

    @Override
    public void shutdown() {}

    @Override
    public void initialize() {}
  }
}
