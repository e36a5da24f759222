package io.waybill.scheduler.quartz;

import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.Membership;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts back what the engine fires by a clock that is ahead. The engine knows no other clock than
 * the machine's; without this, one that is an hour ahead would have decided about all moments of
 * that hour, for all nodes, before anybody noticed.
 */
final class EarlyFirings {
  private static final Logger LOG = LoggerFactory.getLogger(EarlyFirings.class);

  private final Engine engine;
  private final ClockWatch clock;

  EarlyFirings(Engine engine, ClockWatch clock) {
    this.engine = engine;
    this.clock = clock;
  }

  /**
   * Returns what is due of a schedule's firing: all of it, unless it was fired in the future. Then
   * the job's trigger is set to the first moment that is not due.
   *
   * @throws SchedulerException.StoreFailed if the store cannot be asked for the time
   */
  Optional<Arrival> due(Arrival arrival) {
    Instant now = clock.now();
    if (arrival.firedAt().isBefore(now.plus(Membership.MOST_SKEW))) {
      return Optional.of(arrival);
    }
    Instant from = arrival.due().from();
    Instant until = now.plusMillis(1);
    LOG.warn(
        "event=fired_early job={} scheduled_at={} fired_at={} now={}",
        arrival.job().name(),
        from,
        arrival.firedAt(),
        now);
    if (!engine.isPaused(arrival.job().name())) {
      engine.renew(arrival.job(), from.isAfter(until) ? from : until);
    }
    return from.isBefore(until)
        ? Optional.of(arrival.cut(new Arrival.Span(from, until), now))
        : Optional.empty();
  }
}
