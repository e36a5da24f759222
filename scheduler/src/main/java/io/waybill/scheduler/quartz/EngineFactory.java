package io.waybill.scheduler.quartz;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.store.Store;
import java.util.Properties;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;
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
  record Made(Scheduler scheduler, EngineStore store) {}

  static Made create(Store store, Owner owner, EngineSettings settings) throws SchedulerException {
    // unique in the process, where Quartz keeps schedulers and providers in static maps by name
    String name = "waybill-" + owner.incarnation();
    DBConnectionManager.getInstance()
        .addConnectionProvider(name, new EngineConnections(store.dataSource()));
    Scheduler scheduler =
        new StdSchedulerFactory(properties(store, owner, settings, name)).getScheduler();
    return new Made(scheduler, EngineStore.made(name, store));
  }

  private static Properties properties(
      Store store, Owner owner, EngineSettings settings, String name) {
    Class<?> delegate = store.isPostgres() ? PostgresDelegate.class : H2Delegate.class;
    Properties properties = new Properties();
    set(properties, "scheduler.instanceName", name);
    set(properties, "scheduler.instanceId", store.isExclusive() ? ONLY_NODE : owner.node());
    set(properties, "scheduler.threadName", "waybill-scheduler");
    set(properties, "scheduler.skipUpdateCheck", "true");
    // what is due goes out in one transaction, as much as there are threads for; nothing goes early
    set(
        properties,
        "scheduler.batchTriggerAcquisitionMaxCount",
        Integer.toString(settings.threads()));
    set(properties, "jobStore.acquireTriggersWithinLock", "true");
    if (!store.isExclusive()) { // what other nodes put there for this one is seen by looking only
      long look = Math.max(SHORTEST_LOOK_MILLIS, settings.checkIn().toMillis());
      set(properties, "scheduler.idleWaitTime", Long.toString(look));
    }
    set(properties, "threadPool.class", SimpleThreadPool.class.getName());
    set(properties, "threadPool.threadCount", Integer.toString(settings.threads()));
    set(properties, "threadPool.threadNamePrefix", "waybill-firing");
    set(properties, "jobStore.class", EngineStore.class.getName());
    set(properties, "jobStore.dataSource", name);
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
    return properties;
  }

  private static void set(Properties properties, String key, String value) {
    properties.setProperty("org.quartz." + key, value);
  }
}
