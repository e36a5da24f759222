package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import io.waybill.mail.net.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the leases of what is being sent, for as long as something is. */
final class LeaseKeeper {
  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  private final OutboxStore store;
  private final Duration period;
  private final Runnable beside;
  private final Map<String, OutboxEntry> claims = new ConcurrentHashMap<>();
  private @Nullable ScheduledFuture<?> renewal;

  /**
   * Prepares.
   *
   * @param beside is done each time after leases were renewed
   */
  LeaseKeeper(OutboxStore store, Duration lease, Runnable beside) {
    this.store = store;
    this.beside = beside;
    this.period = lease.dividedBy(3);
  }

  void keep(OutboxEntry claim) {
    claims.put(claim.id(), claim);
    schedule();
  }

  void release(OutboxEntry claim) {
    claims.remove(claim.id(), claim);
  }

  /** Returns the ids of the entries that this process is at work on. */
  Set<String> ids() {
    return Set.copyOf(claims.keySet());
  }

  private synchronized void schedule() {
    if (renewal == null) {
      renewal =
          Timer.SHARED.schedule(
              () -> Timer.elsewhere("waybill-mail-lease", this::renew),
              period.toNanos(),
              TimeUnit.NANOSECONDS);
    }
  }

  private void renew() {
    synchronized (this) {
      renewal = null;
    }
    List<OutboxEntry> live = List.copyOf(claims.values());
    if (live.isEmpty()) {
      return;
    }
    try {
      store.renew(live);
      beside.run();
    } catch (MailException e) {
      // The fence still guards the final dot: whoever is taken over meanwhile does not reach it.
      log.warn("outbox.lease-not-renewed entries={} error={}", live.size(), e.toString());
    } finally {
      schedule();
    }
  }
}
