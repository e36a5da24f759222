package io.waybill.mail.outbox;

import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due for one account, by several workers that share what was claimed. When the
 * server cannot be talked to they all rest, longer each time, and what they had claimed waits
 * again.
 */
final class AccountQueue {
  private static final Logger log = LoggerFactory.getLogger(AccountQueue.class);
  private static final Duration FIRST_REST = Duration.ofSeconds(5);
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);
  private static final Duration REST_UNTIL_A_PERSON_ACTS = Duration.ofMinutes(5);

  private final Outbox outbox;
  private final String account;
  private final FrozenSender sender;
  private final int mostWorkers;
  private final Deque<OutboxEntry> claimed = new ArrayDeque<>();
  private int workers;
  private Duration rest = FIRST_REST;
  private int rests;
  private @Nullable Instant restsUntil;
  private boolean stopping;

  AccountQueue(Outbox outbox, String account, FrozenSender sender, int mostWorkers) {
    this.outbox = outbox;
    this.account = account;
    this.sender = sender;
    this.mostWorkers = mostWorkers;
  }

  /** Counts in, and returns, how many more workers are worth while for so many due entries. */
  int workersWanted(int due) {
    return workersWanted(due, mostWorkers);
  }

  private synchronized int workersWanted(int due, int most) {
    if (restsUntil != null && !restsUntil.isAfter(outbox.clock().instant())) {
      restsUntil = null;
    }
    if (stopping || restsUntil != null) {
      return 0;
    }
    int wanted = Math.min(most, Math.max(0, Math.min(due, mostWorkers) - workers));
    workers += wanted;
    return wanted;
  }

  /** Counts one more worker in, if there may be one. */
  boolean wantsAnother() {
    return workersWanted(mostWorkers, 1) > 0;
  }

  /** Ends a rest: the server was heard. */
  private synchronized void rouse() {
    rest = FIRST_REST;
    restsUntil = null;
  }

  /** Has it tried now, as an operator wants it who has perhaps mended what was wrong. */
  void demand() {
    sender.forgive();
    rouse();
  }

  synchronized void stop() {
    stopping = true;
  }

  /** Sends until nothing is due any more; run by each worker. */
  void work() {
    @Nullable OutboxAnswer answer = null;
    int seen = 0;
    try {
      for (OutboxEntry claim = next(); claim != null; claim = next()) {
        seen = rests();
        OutboxAnswer before = answer;
        answer = send(claim);
        record(before); // done by now, unless this one did not come to its dot
      }
    } catch (RuntimeException e) {
      rest(e, seen);
    } finally {
      end();
      record(answer);
    }
  }

  private @Nullable OutboxAnswer send(OutboxEntry claim) {
    try {
      OutboxAnswer answer =
          new OutboxAttempt(outbox.store(), outbox.answers(), outbox.clock(), claim).send(sender);
      rouse();
      return answer;
    } catch (MailException.ContentUnavailable
        | MailException.InvalidMessage
        | MailException.OutboxConflict e) {
      log.warn("outbox.not-sent id={} error={}", claim.id(), e.toString()); // of this one only
      return null;
    }
  }

  private void record(@Nullable OutboxAnswer answer) {
    if (answer == null) {
      return;
    }
    try {
      outbox.answers().record(answer);
    } catch (MailException e) {
      // It is kept, or was too late, and was told as such; the next message is none the worse.
      log.debug("outbox.answer-not-recorded id={} error={}", answer.claim().id(), e.toString());
    }
  }

  // One worker at a time looks for more; the others wait for what it finds.
  private synchronized @Nullable OutboxEntry next() {
    if (stopping || restsUntil != null) {
      return null;
    }
    if (claimed.isEmpty()) {
      outbox
          .store()
          .claimDue(account, 2 * mostWorkers, outbox.owner(), outbox.clock().instant())
          .forEach(
              claim -> {
                outbox.leases().keep(claim);
                claimed.add(claim);
              });
    }
    return claimed.poll();
  }

  private synchronized int rests() {
    return rests;
  }

  /** One outage is one rest, however many workers it meets at once. */
  private synchronized void rest(RuntimeException failure, int seen) {
    if (rests != seen) {
      log.debug("outbox.account-rests-already account={} error={}", account, failure.toString());
      return;
    }
    rests++;
    Instant now = outbox.clock().instant();
    // No two nodes knock at the same moment.
    Duration jittered = rest.plusMillis(outbox.random().nextLong(Math.max(1, rest.toMillis() / 4)));
    Instant until = now.plus(jittered);
    if (failure instanceof MailException.Held held && held.until().isAfter(until)) {
      until = held.until();
    }
    boolean isPersonal = failure instanceof MailException told && !told.isTransient();
    if (isPersonal) {
      until = now.plus(REST_UNTIL_A_PERSON_ACTS);
    }
    Duration doubled = rest.multipliedBy(2);
    rest = doubled.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : doubled;
    restsUntil = until;
    log.warn(
        "outbox.account-rests account={} until={} error={}", account, until, failure.toString());
  }

  private void end() {
    Deque<OutboxEntry> left = new ArrayDeque<>();
    synchronized (this) {
      workers--;
      if (stopping || restsUntil != null || workers == 0) {
        left.addAll(claimed);
        claimed.clear();
      }
    }
    try {
      left.forEach(this::putBack);
      outbox.store().flush();
    } catch (MailException e) {
      // What could not be put back is found by recover(), when its lease is over.
      log.warn("outbox.not-put-back account={} error={}", account, e.toString());
    }
  }

  private void putBack(OutboxEntry claim) {
    outbox.leases().release(claim);
    new OutboxAttempt(outbox.store(), outbox.answers(), outbox.clock(), claim).giveBack();
  }
}
