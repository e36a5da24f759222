package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Kind;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.scheduler.store.Lease;
import io.waybill.scheduler.store.Leases;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunTables;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What alerts do in the background, and what people ask of them. Of processes that share a store
 * one is at work, the one that has the lease.
 */
public final class AlertService implements AutoCloseable {
  private static final String LEASE = "alerts";
  private static final Duration LOOK = Duration.ofSeconds(15);
  private static final Duration DELIVERY = Duration.ofSeconds(5);
  private static final Duration NUDGE = Duration.ofMillis(500);
  private static final Duration RECENT = Duration.ofHours(24);

  private final Supplier<Configuration> configuration;
  private final Alerts alerts;
  private final RunTables tables;
  private final Leases leases;
  private final AlertWatch watch;
  private final AlertSender sender;
  private final AlertDelivery delivery;
  private final Ticker ticker = new Ticker("waybill-alert-watch");
  private final AtomicBoolean isRaised = new AtomicBoolean(true);

  /**
   * Prepares; nothing is told yet.
   *
   * @param runs of the store
   * @param sources knows the sources of triggers
   */
  public AlertService(
      Supplier<Configuration> configuration,
      Alerts alerts,
      Store store,
      RunStore runs,
      AlertSender sender,
      QuietSources sources) {
    this.configuration = configuration;
    this.alerts = alerts;
    this.sender = sender;
    tables = RunTables.of(store, runs);
    leases = Leases.of(store, runs);
    watch = new AlertWatch(alerts, tables, leases, sources);
    delivery = new AlertDelivery(tables, leases, sender, alerts::now);
    alerts.onRaised(() -> isRaised.set(true));
  }

  /**
   * Begins to watch and to tell.
   *
   * @param isPaused whether somebody has paused a job
   * @param isCurrent whether no other process has a newer file
   */
  public void start(Predicate<String> isPaused, Supplier<Boolean> isCurrent) {
    ticker.every(NUDGE, this::deliverRaised);
    ticker.every(DELIVERY, this::deliver);
    ticker.every(LOOK, () -> look(isPaused, isCurrent));
    isRaised.set(true);
  }

  private void deliverRaised() {
    if (isRaised.getAndSet(false)) {
      deliver();
    }
  }

  /** Looks at deadlines, silent sources and reminders, if this is the process that does. */
  public void look(Predicate<String> isPaused, Supplier<Boolean> isCurrent) {
    Optional<Lease> lease = leases.take(LEASE);
    if (lease.isPresent() && isCurrent.get()) {
      List<JobDefinition> jobs = configuration.get().jobs();
      watch.look(lease.get(), jobs, job -> !job.enabled() || isPaused.test(job.name()));
    }
  }

  /** Lets time count from now for a job that was paused: what was due meanwhile is not missed. */
  public void goesOn(String job) {
    Instant now = alerts.now();
    tables.writing(
        "letting time count for " + job,
        connection -> {
          new AlertStates(connection).goesOn(job, now);
          return true;
        });
  }

  /** Begins to tell what is due, if this is the process that does. */
  public void deliver() {
    leases.take(LEASE).ifPresent(delivery::deliver);
  }

  /** Returns the newest alerts, of one job or of all, the newest first. */
  public List<Alert.Told> newest(Optional<String> job, int limit) {
    return tables.reading(connection -> new AlertRows(connection).newest(job, limit));
  }

  /** Returns what was told and is not over. */
  public List<Alert.Trouble> troubles() {
    return tables.reading(connection -> new AlertStates(connection).troubles());
  }

  /**
   * How deliveries stand.
   *
   * @param waiting how many are tried again
   * @param failed how many were given up within the last day
   */
  public record Load(long waiting, long failed) {}

  /** Returns how deliveries stand. */
  public Load load() {
    Instant recent = alerts.now().minus(RECENT);
    return tables.reading(
        connection -> {
          AlertRows rows = new AlertRows(connection);
          return new Load(
              rows.count(Alert.State.WAITING, Instant.EPOCH),
              rows.count(Alert.State.FAILED, recent));
        });
  }

  /**
   * Tells a channel now that somebody tries it; nothing is written down but mail.
   *
   * @throws io.waybill.jobs.JobException if that fails, or there is no such channel
   * @throws io.waybill.transfer.TransferException if a server does not answer
   * @throws io.waybill.mail.MailException if mail cannot be queued
   */
  public Outcome test(String channel) throws InterruptedException {
    Alert alert =
        alerts.of(
            Kind.TEST,
            new Alert.About("", Optional.empty()),
            new Alert.Words(
                "a test of the channel " + channel,
                "Nothing has happened: somebody tries whether alerts come here."));
    return sender.sendNow(alert, channel);
  }

  @Override
  public void close() {
    ticker.close();
    delivery.close();
  }
}
