package io.waybill.mail.inbox;

/**
 * Handles incoming mail, one message at a time.
 *
 * <p>Each message comes at least once. It comes again, with {@link InboundMail#deliveryAttempt}
 * above 1, after a handler failed, and where a process ended before it was written down that it was
 * handled: whoever must not do a thing twice does it under a key such as the Message-ID.
 */
@FunctionalInterface
public interface InboundHandler {
  /**
   * Handles a message, which can be read until this returns.
   *
   * @throws Exception if it could not be handled; it comes again later
   */
  void handle(InboundMail mail, Ack ack) throws Exception;
}
