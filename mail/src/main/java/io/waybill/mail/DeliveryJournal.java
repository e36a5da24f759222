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
   * Called once when all content is on its way and at least one recipient was accepted, immediately
   * before the final dot. From the moment it returns, a lost connection means {@link
   * RecipientResult.Status#UNKNOWN}.
   *
   * @param results what is known so far: those still {@link RecipientResult.Status#NOT_ATTEMPTED}
   *     are the ones who get the message
   */
  void beforeFinalDot(List<RecipientResult> results);
}
