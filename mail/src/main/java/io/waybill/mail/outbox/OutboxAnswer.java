package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import java.util.function.Supplier;

/** What a server said about a claimed entry, on its way into the database. */
final class OutboxAnswer {
  private final OutboxEntry claim;
  private final Supplier<GroupCommit.Pending<Boolean>> write;
  private GroupCommit.Pending<Boolean> pending;

  OutboxAnswer(OutboxEntry claim, Supplier<GroupCommit.Pending<Boolean>> write) {
    this.claim = claim;
    this.write = write;
    this.pending = write.get();
  }

  OutboxEntry claim() {
    return claim;
  }

  /** Hands it in once more, after the database did not take it. */
  void handIn() {
    pending = write.get();
  }

  /**
   * Waits until it is on record.
   *
   * @throws MailException.StoreFailed if the database refuses
   * @throws MailException.OutboxConflict if another owner has taken the entry over
   */
  void await() {
    pending.await();
  }
}
