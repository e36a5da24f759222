package io.waybill.scheduler.quartz;

import io.waybill.scheduler.store.Store;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.impl.jdbcjobstore.DriverDelegate;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.NoSuchDelegateException;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quartz's JDBC store under one fixed name in the tables, and what Quartz's own does not do: node
 * affinity, and the repair of triggers that are stuck.
 *
 * <p>Quartz names a scheduler twice by one setting: in a registry of the whole process, where two
 * of one name collide, and in its tables, where the name must outlive the process. Public because
 * Quartz makes it by name.
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides a generic method with a raw one
public final class EngineStore extends JobStoreTX implements StoredTriggers {
  private static final Logger QUARTZ = LoggerFactory.getLogger(JobStoreTX.class);
  private static final String NAME_IN_TABLES = "waybill";
  // where the store that Quartz made for a scheduler is found again
  private static final Map<String, EngineStore> MADE = new ConcurrentHashMap<>();
  // beyond its check-in; Quartz's own margin of 7.5 s is longer than our recovery may take
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final Eligibility eligibility = new Eligibility();
  private volatile @Nullable Store shared;

  @Override
  public void setInstanceName(String nameInProcess) {
    MADE.put(nameInProcess, this);
    super.setInstanceName(NAME_IN_TABLES);
  }

  /** Returns the store that was made for the scheduler of a name, once. */
  static EngineStore made(String nameInProcess, Store shared) {
    EngineStore store = MADE.remove(nameInProcess);
    if (store == null) {
      throw new IllegalStateException("no store was made for " + nameInProcess);
    }
    store.eligibility.node(store.getInstanceId());
    store.shared = shared;
    return store;
  }

  // as a whole: some thirty calls for each firing would change threads one by one
  @Override
  protected <T> T executeInNonManagedTXLock(
      @Nullable String lock,
      TransactionCallback<T> work,
      @Nullable TransactionValidator<T> validator)
      throws JobPersistenceException {
    Store store = shared;
    if (store == null) { // before it is made
      return super.executeInNonManagedTXLock(lock, work, validator);
    }
    return store.<T, JobPersistenceException>uninterrupted(
        () -> super.executeInNonManagedTXLock(lock, work, validator));
  }

  // what Quartz says of its recovery is not what happens to runs, and is no word of ours
  @Override
  protected Logger getLog() {
    return QUARTZ;
  }

  @Override
  public Eligibility eligibility() {
    return eligibility;
  }

  @Override
  protected DriverDelegate getDelegate() throws NoSuchDelegateException {
    DriverDelegate delegate = super.getDelegate();
    if (delegate instanceof Eligibility.User user) {
      user.use(eligibility);
    }
    return delegate;
  }

  @Override
  protected long calcFailedIfAfter(SchedulerStateRecord node) {
    long sinceOurs = System.currentTimeMillis() - lastCheckin;
    return node.getCheckinTimestamp()
        + Math.max(node.getCheckinInterval(), sinceOurs)
        + GRACE.toMillis();
  }

  @Override
  public List<TriggerRows.Stuck> free(Instant overdueBefore) throws JobPersistenceException {
    List<TriggerRows.Stuck> freed =
        executeInNonManagedTXLock(
            LOCK_TRIGGER_ACCESS, connection -> rows(connection).free(overdueBefore), null);
    if (!freed.isEmpty()) {
      signalSchedulingChangeImmediately(0L); // else the engine looks when it has slept out
    }
    return freed;
  }

  @Override
  public Map<JobKey, JobDetail> jobs(Collection<JobKey> keys) throws JobPersistenceException {
    return executeWithoutLock(
        connection -> {
          Map<JobKey, JobDetail> found = new HashMap<>();
          for (JobKey key : keys) {
            JobDetail job = retrieveJob(connection, key);
            if (job != null) {
              found.put(key, job);
            }
          }
          return found;
        });
  }

  @Override
  public Map<String, TriggerRows.Held> triggers(String group) throws JobPersistenceException {
    return executeWithoutLock(connection -> rows(connection).group(group));
  }

  private TriggerRows rows(Connection connection) {
    return new TriggerRows(connection, getTablePrefix(), NAME_IN_TABLES);
  }
}
