package io.waybill.jobs;

import io.waybill.mail.Message;
import io.waybill.mail.MessageSeal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Hands a message to its server, at most once for a key. */
public interface MailSubmission {
  /** How long a step stays with its message. */
  enum Until {
    /** Until a server has taken it, or nobody will. */
    ACCEPTED,
    /** Until it is in the outbox, from where it goes by itself. */
    QUEUED
  }

  /** Composes a message when it is known that it is needed. */
  @FunctionalInterface
  interface Composer {
    Message compose();

    /**
     * Returns what signs the message before its connection does, in order.
     *
     * @throws io.waybill.mail.MailException.KeyUnusable if a key cannot be had
     */
    default List<MessageSeal> seals() {
      return List.of();
    }
  }

  /**
   * What is to be sent.
   *
   * @param via the account
   * @param message composes what to send; not asked if the key was used before
   * @param key the message's dedupe key
   * @param until how long to stay with it
   * @param expiry how long it is tried; empty for as long as is usual
   */
  record Request(
      Connection.Outgoing via,
      Composer message,
      String key,
      Until until,
      Optional<Duration> expiry) {
    public Request {
      Objects.requireNonNull(via, "via");
      Objects.requireNonNull(message, "message");
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(until, "until");
      Objects.requireNonNull(expiry, "expiry");
    }
  }

  /**
   * Sends, or returns what is known of the time it was sent: a key that was used before never sends
   * again.
   *
   * @param call the attempt; its scope can end the sending
   * @throws io.waybill.mail.MailException if nobody accepted it, or nobody knows whether somebody
   *     did
   */
  Receipt submit(Request request, StepCall call);

  /**
   * Logs in at a server and leaves; nothing is sent.
   *
   * @param scope can end it
   * @param deadline the longest time for all of it
   * @throws io.waybill.mail.MailException if that cannot be
   * @throws IllegalStateException if nothing is ever sent by this
   */
  default void check(Connection.Outgoing via, CancelScope scope, Duration deadline) {
    throw new IllegalStateException("nothing logs in at " + via.name() + " by this");
  }

  /**
   * Takes a message back whose step has failed for good, if no server has been told of it.
   *
   * @param key the message's dedupe key
   * @return what became of it, a sentence; empty if there is nothing to say
   */
  default Optional<String> abandon(String key) {
    return Optional.empty();
  }

  /**
   * Proof that a server took a message, or that it is in the outbox.
   *
   * @param messageId with its angle brackets
   * @param subject the beginning of it, as it was frozen
   * @param outboxId where its record is
   * @param accepted the recipients that the server took responsibility for
   * @param refused the recipients that it did not, each with the reason; none while it is queued
   * @param sizeBytes of the frozen message
   * @param isEarlier whether this very key was sent before and nothing was sent now
   */
  record Receipt(
      String messageId,
      String subject,
      String outboxId,
      List<String> accepted,
      List<String> refused,
      long sizeBytes,
      boolean isEarlier) {
    public Receipt {
      accepted = List.copyOf(accepted);
      refused = List.copyOf(refused);
    }
  }
}
