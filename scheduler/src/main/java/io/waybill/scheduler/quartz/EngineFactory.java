package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.store.Store;
import java.util.Properties;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.simpl.RAMJobStore;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.utils.DBConnectionManager;

/** Configures Quartz. */
final class EngineFactory {
  // recovery looks for this name in the tables: an exclusive store has one node whatever its name,
  // so that a laptop or container that was renamed still finds what it left
  private static final String ONLY_NODE = "only-node";

  private static final long SHORTEST_LOOK_MILLIS = 1_000; // Quartz takes no less

  private EngineFactory() {}

  /** Quartz's scheduler, and the store that it made for itself. */
  record Made(Scheduler scheduler, StoredTriggers store) {}

  /** Makes an engine whose tables are in a database. */
  static Made create(Store store, Owner owner, EngineSettings settings) throws SchedulerException {
    String name = name(owner);
    DBConnectionManager.getInstance()
        .addConnectionProvider(name, new EngineConnections(store.dataSource()));
    Properties properties = properties(owner, settings);
    keepIn(store, owner, settings, properties);
    Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
    return new Made(scheduler, EngineStore.made(name, store));
  }

  /** Makes an engine that keeps jobs and triggers in memory. */
  static Made createInMemory(Owner owner, EngineSettings settings) throws SchedulerException {
    if (SchedulerRepository.getInstance().lookup(name(owner)) != null) { // it would be handed out
      throw new IllegalStateException("there is a scheduler for these runs already");
    }
    Properties properties = properties(owner, settings);
    set(properties, "jobStore.class", RAMJobStore.class.getName());
    Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
    return new Made(scheduler, new MemoryTriggers(scheduler));
  }

  // unique in the process, where Quartz keeps schedulers and providers in static maps by name
  private static String name(Owner owner) {
    return "waybill-" + owner.incarnation();
  }

  private static Properties properties(Owner owner, EngineSettings settings) {
    Properties properties = new Properties();
    set(properties, "scheduler.instanceName", name(owner));
    set(properties, "scheduler.instanceId", ONLY_NODE);
    set(properties, "scheduler.threadName", "waybill-scheduler");
    set(properties, "scheduler.skipUpdateCheck", "true");
    // what is due goes out in one transaction, as much as there are threads for; nothing goes early
    set(
        properties,
        "scheduler.batchTriggerAcquisitionMaxCount",
        Integer.toString(settings.threads()));
    set(properties, "threadPool.class", SimpleThreadPool.class.getName());
    set(properties, "threadPool.threadCount", Integer.toString(settings.threads()));
    set(properties, "threadPool.threadNamePrefix", "waybill-firing");
    return properties;
  }

  private static void keepIn(
      Store store, Owner owner, EngineSettings settings, Properties properties) {
    Class<?> delegate = store.isPostgres() ? PostgresDelegate.class : H2Delegate.class;
    if (!store.isExclusive()) {
      set(properties, "scheduler.instanceId", owner.node());
      // what other nodes put there for this one is seen by looking only
      long look = Math.max(SHORTEST_LOOK_MILLIS, settings.checkIn().toMillis());
      set(properties, "scheduler.idleWaitTime", Long.toString(look));
    }
    set(properties, "jobStore.class", EngineStore.class.getName());
    set(properties, "jobStore.acquireTriggersWithinLock", "true");
    set(properties, "jobStore.dataSource", name(owner));
    set(properties, "jobStore.driverDelegateClass", delegate.getName());
    set(
        properties,
        "jobStore.driverDelegateInitString",
        "triggerPersistenceDelegateClasses=" + TimetableTriggerDelegate.class.getName());
    set(properties, "jobStore.useProperties", "true");
    set(properties, "jobStore.tablePrefix", "QRTZ_");
    set(properties, "jobStore.isClustered", Boolean.toString(!store.isExclusive()));
    set(
        properties,
        "jobStore.clusterCheckinInterval",
        Long.toString(settings.checkIn().toMillis()));
  }

  private static void set(Properties properties, String key, String value) {
    properties.setProperty("org.quartz." + key, value);
  }
}
