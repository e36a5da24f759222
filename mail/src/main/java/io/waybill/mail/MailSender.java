package io.waybill.mail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Hands messages to one server. Safe for use by several threads, which share its connections.
 *
 * <p>What a server says about recipients is a {@link SendReport}, also when it refuses them all. An
 * exception means that nobody can have received the message.
 */
public interface MailSender extends FrozenSender, AutoCloseable {
  /**
   * Sends a message within the default deadline of ten minutes and a second for each 64 KiB.
   *
   * @throws MailException if the message is invalid or the server could not be talked to; nothing
   *     was sent then
   */
  SendReport send(Message message);

  /**
   * Sends a message, or gives up at the deadline by closing the connection.
   *
   * @param deadline the longest time for everything together, connecting included
   * @throws MailException.TimedOut if the deadline passed before the final dot
   * @throws MailException as {@link #send(Message)}
   */
  SendReport send(Message message, Duration deadline);

  /**
   * Sends a message on another thread; cancelling the future closes the connection. A future that
   * was cancelled does not tell whether the message went out.
   */
  CompletableFuture<SendReport> sendAsync(Message message);

  /**
   * Sends frozen bytes on another thread, as {@link #send(FrozenMessage, Duration,
   * DeliveryJournal)} does.
   */
  CompletableFuture<SendReport> sendAsync(
      FrozenMessage message, Duration deadline, DeliveryJournal journal);

  /** Returns the default deadline for a message of this size. */
  static Duration defaultDeadline(long sizeBytes) {
    return Duration.ofMinutes(10).plusSeconds(sizeBytes / (64 * 1024));
  }

  /** Says goodbye to the server and closes the connection. */
  @Override
  void close();
}
