package io.waybill.mail;

import java.time.Duration;

/**
 * Hands frozen messages to one server; what an outbox needs to know of sending. Safe for use by
 * several threads.
 */
@FunctionalInterface
public interface FrozenSender {
  /**
   * Sends frozen bytes and lets a journal write down the point of no return.
   *
   * @param deadline the longest time for everything together, connecting included
   * @throws MailException.TimedOut if the deadline passed before the final dot
   * @throws MailException if the server could not be talked to; nothing was sent then
   */
  SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal);

  /** Forgets that a login was refused: somebody has seen to it, and the next one is tried. */
  default void forgive() {}
}
