package io.waybill.jobs;

import io.waybill.mail.MailAccount;
import javax.net.SocketFactory;

/** Knows how to get at mailboxes. */
@FunctionalInterface
public interface Mailboxes {
  /**
   * Returns the account of a mailbox to read; nothing is connected yet.
   *
   * @param sockets what it is reached by
   * @throws JobException.Configuration if the authorities to trust cannot be read
   */
  MailAccount account(Connection.Mailbox mailbox, SocketFactory sockets);
}
