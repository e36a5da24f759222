package io.waybill.mail;

import java.util.List;

/**
 * Hears, on the sending thread, where a transaction stands, before the wire does.
 *
 * <p>An exception thrown here ends the attempt, and the connection, before the step that it
 * announces: a journal that cannot write down "the dot comes now" prevents the dot.
 */
public interface DeliveryJournal {
  /** Writes nothing down. */
  DeliveryJournal NONE = results -> {};

  /**
   * Called once when the attempt begins.
   *
   * @param cancel ends the attempt from outside, on any thread, by closing its connection; after
   *     the attempt has ended it does nothing
   */
  default void begun(Runnable cancel) {}

  /**
   * Called when all content is on its way and at least one recipient was accepted, immediately
   * before the final dot; once for each transaction, of which a message with many recipients has
   * several. From the moment it returns, a lost connection means {@link
   * RecipientResult.Status#UNKNOWN}.
   *
   * @param results what has to be true if nothing more is ever heard: those who get the message by
   *     this dot are {@link RecipientResult.Status#UNKNOWN}, all others as they are known
   */
  void beforeFinalDot(List<RecipientResult> results);

  /**
   * Called with the server's answers where more follows before the report is there, as the filing
   * of a copy, which may take its time. The report says them again.
   */
  default void answered(List<RecipientResult> results) {}
}
