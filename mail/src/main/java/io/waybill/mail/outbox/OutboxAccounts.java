package io.waybill.mail.outbox;

import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.UnknownPolicy;
import java.util.List;
import java.util.Optional;

/** Knows the accounts by whose names messages were enqueued. Safe for use by several threads. */
public interface OutboxAccounts {
  /** Returns what sends for an account, always the same; empty if there is no such account. */
  Optional<FrozenSender> sender(String account);

  /** Returns how many messages may be under way for it at a time, 1 or more. */
  int connections(String account);

  /**
   * Returns whether its Sent folder holds a message, by its Message-ID; asked only under {@link
   * UnknownPolicy#LOOK_THEN_RESEND}.
   *
   * @throws MailException if that cannot be found out, as here; the entry stays unknown then
   */
  default boolean isInSentFolder(String account, String messageId) {
    throw new MailException.MailboxNotFound(account, "of sent mail", List.of());
  }
}
