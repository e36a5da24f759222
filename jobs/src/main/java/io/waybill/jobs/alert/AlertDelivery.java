package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Delivery;
import io.waybill.jobs.Alert.State;
import io.waybill.jobs.JobException;
import io.waybill.jobs.log.SecretMask;
import io.waybill.scheduler.store.Lease;
import io.waybill.scheduler.store.Leases;
import io.waybill.scheduler.store.RunTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what was raised, one alert after another on each channel, until it is told or given up.
 * What a crash cuts off between the telling and its note is told again; mail is not, as it is
 * queued under a key of its own.
 */
final class AlertDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(AlertDelivery.class);
  private static final int BATCH = 200;
  private static final int CHANNELS = 4;
  private static final Duration MAIL_LOOK = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(10);

  private final RunTables tables;
  private final Leases leases;
  private final AlertSender sender;
  private final Supplier<Instant> now;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          CHANNELS,
          work -> {
            Thread thread = new Thread(work, "waybill-alerts");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  AlertDelivery(RunTables tables, Leases leases, AlertSender sender, Supplier<Instant> now) {
    this.tables = tables;
    this.leases = leases;
    this.sender = sender;
    this.now = now;
  }

  /** Begins to tell what is due; a channel that is busy is left to itself. */
  void deliver(Lease lease) {
    Instant moment = now.get();
    List<AlertRows.Due> due =
        tables.reading(connection -> new AlertRows(connection).due(moment, BATCH));
    Map<String, List<AlertRows.Due>> byChannel = new LinkedHashMap<>();
    for (AlertRows.Due each : due) {
      byChannel.computeIfAbsent(each.delivery().channel(), name -> new ArrayList<>()).add(each);
    }
    byChannel.forEach(
        (channel, those) -> {
          if (busy.add(channel)) {
            threads.execute(() -> tellAll(lease, channel, those));
          }
        });
  }

  private void tellAll(Lease lease, String channel, List<AlertRows.Due> due) {
    try {
      for (AlertRows.Due each : due) {
        if (!tell(lease, each)) {
          return; // the others meet the same trouble, and keep their order
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // this process ends; another goes on
    } catch (RuntimeException e) {
      LOG.warn("event=alert-not-noted channel={} why=\"{}\"", channel, e.getMessage());
    } finally {
      busy.remove(channel);
    }
  }

  /** Returns whether the channel can be told more. */
  private boolean tell(Lease lease, AlertRows.Due due) throws InterruptedException {
    if (!leases.isHeld(lease)) {
      return false;
    }
    Delivery before = due.delivery();
    Outcome outcome;
    Optional<Duration> wanted = Optional.empty();
    boolean isMail = sender.isMail(before.channel());
    try {
      outcome = sender.send(due.alert(), before.channel());
    } catch (JobException.NotFound e) {
      outcome = new Outcome(State.FAILED, said(e)); // the channel is no longer in the file
    } catch (RuntimeException e) {
      wanted =
          e instanceof JobException.Unsuccessful answer ? answer.retryAfter() : Optional.empty();
      outcome = new Outcome(State.WAITING, said(e));
      isMail = false;
    }
    int attempts = isMail && before.attempts() > 0 ? before.attempts() : before.attempts() + 1;
    Duration wait = isMail ? MAIL_LOOK : longer(DeliveryBackOff.after(attempts), wanted);
    Delivery after = after(due, outcome, attempts, wait, isMail);
    write(lease, due, after);
    return after.state() != State.WAITING || isMail;
  }

  private static Duration longer(Duration usual, Optional<Duration> wanted) {
    return wanted.filter(wait -> wait.compareTo(usual) > 0).orElse(usual);
  }

  // the outbox gives mail up by itself
  private Delivery after(
      AlertRows.Due due, Outcome outcome, int attempts, Duration wait, boolean isMail) {
    Instant next = now.get().plus(wait);
    boolean isLate = !isMail && next.isAfter(due.alert().at().plus(DeliveryBackOff.GIVE_UP));
    State state = outcome.state() == State.WAITING && isLate ? State.FAILED : outcome.state();
    return new Delivery(
        due.delivery().channel(),
        state,
        attempts,
        state == State.WAITING ? Optional.of(next) : Optional.empty(),
        outcome.message());
  }

  private void write(Lease lease, AlertRows.Due due, Delivery after) {
    tables.writing(
        "noting what became of alert " + due.alert().id(),
        connection -> {
          leases.require(connection, lease);
          new AlertRows(connection).write(due.alert().id(), after, now.get());
          return true;
        });
    Alert alert = due.alert();
    switch (after.state()) {
      case SENT -> LOG.info("event=alert-told id={} channel={}", alert.id(), after.channel());
      case FAILED ->
          LOG.error(
              "event=alert-given-up id={} channel={} subject=\"{}\" why=\"{}\"",
              alert.id(),
              after.channel(),
              alert.words().subject(),
              after.message());
      case WAITING ->
          LOG.debug(
              "event=alert-waits id={} channel={} why=\"{}\"",
              alert.id(),
              after.channel(),
              after.message());
    }
  }

  private static String said(RuntimeException failure) {
    return SecretMask.ofThisProcess().mask(String.valueOf(failure.getMessage()));
  }

  /** Ends what is under way. */
  void close() {
    sender.close();
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("event=alerts-left-at-close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
