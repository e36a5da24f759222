package io.waybill.mail;

import java.time.Duration;

/**
 * Says where the time of an attempt went.
 *
 * @param connection waiting for a connection: a free one, or a new one with its login
 * @param envelope MAIL, RCPT and DATA, over all transactions
 * @param content writing the message
 * @param reply from the final dot to its answer
 */
public record SendTimings(
    Duration connection, Duration envelope, Duration content, Duration reply) {
  /** No time at all. */
  public static final SendTimings NONE =
      new SendTimings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Returns the sums. */
  public SendTimings plus(SendTimings other) {
    return new SendTimings(
        connection.plus(other.connection),
        envelope.plus(other.envelope),
        content.plus(other.content),
        reply.plus(other.reply));
  }
}
