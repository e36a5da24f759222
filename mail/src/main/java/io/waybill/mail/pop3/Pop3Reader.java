package io.waybill.mail.pop3;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.UidlPoll;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads a mailbox over POP3, which has one folder and whose messages are known by their names
 * (UIDL). Each poll is a session of its own. Threads take turns.
 */
public final class Pop3Reader implements AutoCloseable {
  private final Pop3Mailbox mailbox;
  private final String name;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock();

  private Pop3Reader(MailAccount account, InstantSource clock) {
    this.mailbox = new Pop3Mailbox(account);
    this.name = account.user().orElseThrow() + "@" + mailbox.server();
    this.clock = clock;
  }

  /**
   * Returns a reader that connects when it polls.
   *
   * @throws IllegalArgumentException if the account has no user
   */
  public static Pop3Reader of(MailAccount account, InstantSource clock) {
    return new Pop3Reader(account, clock);
  }

  /** Returns what a ledger calls this mailbox: {@code user@host:port}. */
  public String name() {
    return name;
  }

  /**
   * Handles what there is and was not handled before, as far as the ledger knows. The first poll
   * begins with now or all; after-actions are none or delete.
   *
   * @throws MailException if the mailbox or the ledger fails; the next poll goes on from there
   */
  public PollReport poll(PollSpec spec, MailLedger ledger, InboundHandler handler) {
    turn.lock();
    try {
      return new UidlPoll(mailbox, name, ledger, clock).run(spec, handler);
    } finally {
      turn.unlock();
    }
  }

  /** Ends the session, also under a poll in another thread. */
  @Override
  public void close() {
    if (turn.tryLock()) {
      try {
        mailbox.close();
      } finally {
        turn.unlock();
      }
    } else {
      mailbox.abort();
    }
  }
}
