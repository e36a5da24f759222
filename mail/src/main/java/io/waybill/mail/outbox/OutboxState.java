package io.waybill.mail.outbox;

/** Where a message in the outbox stands. */
public enum OutboxState {
  /** Waits for its first attempt, or for one after a failure in which nothing was sent. */
  QUEUED,
  /** An owner is at work on it; {@link OutboxEntry#phase()} says how far. */
  SENDING,
  /** Every recipient was accepted. */
  SENT,
  /** Some recipients were accepted, all others refused for good. */
  PARTIAL,
  /** At least one recipient is to be tried again at {@link OutboxEntry#nextAttemptAt()}. */
  DEFERRED,
  /** The final dot was, or may have been, sent and no answer is known: a person decides. */
  UNKNOWN,
  /** Every recipient was refused for good, or an operator gave up. */
  FAILED,
  /** Some recipients were still to be tried when the time was up. */
  EXPIRED;

  /** Returns whether no attempt will follow by itself. */
  public boolean isFinal() {
    return this != QUEUED && this != SENDING && this != DEFERRED;
  }
}
