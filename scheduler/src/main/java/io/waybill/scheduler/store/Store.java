package io.waybill.scheduler.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.waybill.scheduler.SchedulerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An open database with the scheduler's tables; owns the connection pool and, for an H2 file, the
 * lock that keeps other daemons out. Safe for use by many threads.
 */
public final class Store implements AutoCloseable {
  private static final int H2_ALREADY_OPEN = 90020;
  // a node that is frozen in the middle of a transaction would keep the others from the engine's
  // locks for as long as it is
  private static final String LET_GO_OF_LOCKS = "set idle_in_transaction_session_timeout = '3s'";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final StoreSettings settings;
  private final @Nullable StoreLock lock;
  private final HikariDataSource pool;
  private final boolean h2;
  private final @Nullable Uninterrupted threads;
  private final DataSource dataSource;

  private Store(StoreSettings settings, @Nullable StoreLock lock, HikariDataSource pool) {
    this.settings = settings;
    this.lock = lock;
    this.pool = pool;
    this.h2 = "h2".equals(SchedulerSchema.dialect(pool));
    this.threads = h2 ? new Uninterrupted() : null;
    this.dataSource = threads == null ? pool : new UninterruptedDataSource(pool, threads);
  }

  /**
   * Opens the store and brings its tables to this version.
   *
   * @throws SchedulerException.StoreOwned if another process has the H2 file open
   * @throws SchedulerException.StoreRefused if the H2 file is on a network drive or was moved to a
   *     server, or the tables are of a newer version
   * @throws SchedulerException.StoreDamaged if the H2 file is none, or broken
   * @throws SchedulerException.StoreUnreachable if the server gives no connection
   * @throws SchedulerException.StoreLoginRefused if the server refuses user or password
   * @throws SchedulerException.StoreFailed if it cannot be read or upgraded, or if the H2 on the
   *     class path is one that loses acknowledged writes
   */
  public static Store open(StoreSettings settings) {
    settings.file().ifPresent(MovedStore::refuse);
    return open(settings, SchedulerSchema::migrate);
  }

  /** Returns whether there is an embedded store at a path, of which no other has become one. */
  public static boolean isThere(Path store) {
    return Files.exists(StoreFiles.ofStore(store)) && !Files.exists(new MovedStore(store).file());
  }

  /**
   * Opens a store that is there, to look after it: nothing is created or upgraded, and one that was
   * moved to a server is opened, too.
   *
   * @throws SchedulerException.StoreOwned if another process has the H2 file open
   * @throws SchedulerException.StoreRefused if there is no H2 file, or it is on a network drive
   * @throws SchedulerException.StoreDamaged if the H2 file is none, or broken
   * @throws SchedulerException.StoreUnreachable if the server gives no connection
   * @throws SchedulerException.StoreLoginRefused if the server refuses user or password
   * @throws SchedulerException.StoreFailed if it cannot be read
   */
  public static Store openAsIs(StoreSettings settings) {
    settings.file().ifPresent(StoreFiles::requireStore);
    settings
        .lookedInto()
        .or(() -> settings.file().map(StoreFiles::ofStore))
        .ifPresent(H2Header::refuseCutOff);
    return open(settings, untouched -> {});
  }

  private static Store open(StoreSettings settings, Consumer<DataSource> migration) {
    settings.file().ifPresent(file -> NetworkFileSystems.ofThisMachine().refuse(file));
    settings.file().ifPresent(StoreFiles::refuseShort);
    settings.lookedInto().ifPresent(copy -> StoreFiles.refuseShort(copy, "take another copy"));
    StoreLock lock = settings.file().map(StoreLock::acquire).orElse(null);
    HikariDataSource pool = null;
    try {
      pool = connect(settings);
      if (settings.file().isPresent()) {
        H2Versions.refuseLossy(pool);
      }
      migration.accept(pool);
      return new Store(settings, lock, pool);
    } catch (RuntimeException e) {
      closeAfter(pool, e);
      closeAfter(lock, e);
      throw e;
    }
  }

  private static HikariDataSource connect(StoreSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(new LoginDataSource(settings.url(), settings.user(), settings.password()));
    config.setMaximumPoolSize(settings.poolSize());
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.setPoolName("waybill-store");
    if (settings.url().startsWith("jdbc:postgresql:")) {
      config.setConnectionInitSql(LET_GO_OF_LOCKS);
    }
    try {
      return new StorePool(config, settings);
    } catch (PoolInitializationException e) {
      throw openFailure(settings, e);
    }
  }

  private static RuntimeException openFailure(
      StoreSettings settings, PoolInitializationException e) {
    boolean isServer = !settings.isExclusive() && settings.lookedInto().isEmpty();
    if (isServer && e.getCause() instanceof RuntimeException noPassword) {
      return noPassword; // whoever was asked for it says why
    }
    if (e.getCause() instanceof SQLException cause) {
      if (cause.getErrorCode() == H2_ALREADY_OPEN && settings.file().isPresent()) {
        return StoreLock.owned(settings.file().get(), "", e);
      }
      return StoreTrouble.opening(settings, cause);
    }
    return new SchedulerException.StoreFailed(
        "the store " + settings + " could not be opened: " + e.getMessage(), false, e);
  }

  /**
   * Returns the pool, for the modules that keep tables beside the scheduler's. Its connections may
   * be used by threads that are interrupted.
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * Does work with the store on a thread that may not be interrupted in the middle of it, where the
   * database demands that: else every call of the work pays for changing threads by itself.
   *
   * @throws X if the work does
   */
  public <T, X extends Exception> T uninterrupted(Work<T, X> work) throws X {
    return threads == null ? work.run() : threads.call(work::run);
  }

  /** Something that returns a value or fails in its own way. */
  @FunctionalInterface
  public interface Work<T, X extends Exception> {
    /** Does it. */
    T run() throws X;
  }

  /** Lets a transaction at a server be idle for as long as it takes. */
  static void waitInTransaction(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local idle_in_transaction_session_timeout = 0");
    }
  }

  /** Returns what runs transactions in it. */
  Transactions transactions() {
    return new Transactions(pool, threads);
  }

  /** Returns the path of an embedded store that this process owns. */
  Optional<Path> file() {
    return settings.file();
  }

  /** Returns whether it is a file that is only looked into, such as a backup. */
  boolean isReadOnly() {
    return settings.lookedInto().isPresent();
  }

  /** Returns where it is, for messages. */
  String place() {
    return settings.toString();
  }

  /** Returns whether only this process can have the store open: an H2 file. */
  public boolean isExclusive() {
    return settings.isExclusive();
  }

  /** Returns whether its SQL dialect is PostgreSQL's; otherwise it is H2's. */
  public boolean isPostgres() {
    return !h2;
  }

  /**
   * Forces everything committed to the disk itself, so that a power loss keeps it. A server does
   * this with each commit; H2 does it here.
   *
   * @throws SchedulerException.StoreFailed if the disk refuses
   */
  public void checkpoint() {
    if (!h2) {
      return;
    }
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("checkpoint sync");
    } catch (SQLException e) {
      throw Transactions.failure("forcing it to the disk", e);
    }
  }

  /** Closes the pool, and lets the next owner in. */
  @Override
  public void close() {
    try {
      if (threads == null) {
        pool.close();
      } else {
        threads.call(this::closePool);
        threads.close();
      }
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private boolean closePool() {
    pool.close();
    return true;
  }

  private static void closeAfter(@Nullable AutoCloseable resource, Exception failure) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public String toString() {
    return "Store[" + settings + "]";
  }
}
