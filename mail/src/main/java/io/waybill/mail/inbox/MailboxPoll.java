package io.waybill.mail.inbox;

import io.waybill.mail.MailException;
import java.time.InstantSource;
import java.util.Optional;

/** Handles what there is in folders of one mailbox, each message once as far as a ledger knows. */
public final class MailboxPoll {
  private final RemoteMailbox mailbox;
  private final String account;
  private final MailLedger ledger;
  private final InstantSource clock;

  /**
   * Prepares; nothing is connected yet.
   *
   * @param account what the ledger calls the mailbox where nothing else is said
   */
  public MailboxPoll(
      RemoteMailbox mailbox, String account, MailLedger ledger, InstantSource clock) {
    this.mailbox = mailbox;
    this.account = account;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Handles what there is now, and returns when it is done. */
  public PollReport run(PollSpec spec, InboundHandler handler) {
    MailboxKey key = new MailboxKey(spec.ledgerName().orElse(account), spec.folder());
    Optional<MailLedger.Hold> taken = ledger.hold(key);
    if (taken.isEmpty()) {
      return PollReport.ELSEWHERE;
    }
    boolean isInterrupted = false;
    try (MailLedger.Hold hold = taken.get()) {
      return new Poll(mailbox, key, hold, spec, handler, clock).run();
    } catch (MailException.Cancelled e) {
      isInterrupted = e.getCause() instanceof InterruptedException;
      throw e;
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
