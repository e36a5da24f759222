package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known here and nowhere else, with its leases, until the database is back: what
 * servers said, and that nothing was sent.
 */
final class UnrecordedAnswers {
  private static final Logger log = LoggerFactory.getLogger(UnrecordedAnswers.class);

  private final LeaseKeeper leases;
  private final Queue<OutboxAnswer> answers = new ConcurrentLinkedQueue<>();

  UnrecordedAnswers(LeaseKeeper leases) {
    this.leases = leases;
  }

  /**
   * Waits until an answer is on record, and lets go of its lease; one that the database does not
   * take is kept.
   *
   * @throws MailException.StoreFailed if the database does not take it
   * @throws MailException.OutboxConflict if another owner has taken the entry over
   */
  void record(OutboxAnswer answer) {
    try {
      answer.await();
    } catch (MailException.StoreFailed e) {
      log.warn("outbox.answer-waits id={} error={}", answer.claim().id(), e.toString());
      answers.add(answer);
      throw e;
    } catch (MailException.OutboxConflict e) {
      log.error("outbox.answer-lost id={} error={}", answer.claim().id(), e.toString());
      leases.release(answer.claim());
      throw e;
    }
    leases.release(answer.claim());
  }

  /** Lets go of a claim about which nothing more can be said here: recover() will find it. */
  void giveUp(OutboxEntry claim) {
    leases.release(claim);
  }

  /** Tries once more to write down what the database did not take. */
  void recordAgain() {
    for (int i = answers.size(); i > 0; i--) {
      OutboxAnswer answer = answers.poll();
      if (answer == null) {
        return;
      }
      answer.handIn();
      try {
        record(answer);
        log.info("outbox.answer-recorded id={}", answer.claim().id());
      } catch (MailException.StoreFailed e) {
        return; // the others would fare no better
      } catch (MailException.OutboxConflict e) {
        log.debug("outbox.answer-lost id={}", answer.claim().id()); // said already
      }
    }
  }
}
