package io.waybill.mail.inbox;

import java.time.Duration;

/**
 * How a handler says what became of a message. What it says last counts; if it says nothing and
 * returns, the message is done, and if it throws, it comes again later.
 */
public interface Ack {
  /** The message was handled, and does not come again. */
  void done();

  /**
   * The message could not be handled and comes again, later each time; after its last attempt it is
   * quarantined.
   *
   * @param why for whoever looks at the ledger; no content of the mail
   */
  void retryLater(String why);

  /**
   * The message could not be handled and comes again after so long.
   *
   * @param why as in {@link #retryLater(String)}
   */
  void retryLater(String why, Duration after);

  /**
   * The message can never be handled: it is set aside, and the others go on.
   *
   * @param why as in {@link #retryLater(String)}
   */
  void quarantine(String why);
}
