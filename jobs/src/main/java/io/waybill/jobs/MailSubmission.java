package io.waybill.jobs;

import io.waybill.mail.Message;
import java.util.List;

/** Hands a message to its server, at most once for a key. */
public interface MailSubmission {

  /**
   * Sends, or returns what is known of the time it was sent: a key that was used before never sends
   * again.
   *
   * @param via the account
   * @param message what to send; not looked at if the key was used before
   * @param key the message's dedupe key
   * @param call the attempt; its scope can end the sending
   * @throws io.waybill.mail.MailException if nobody accepted it, or nobody knows whether somebody
   *     did
   */
  Receipt submit(Connection.Outgoing via, Message message, String key, StepCall call);

  /**
   * Proof that a server took a message.
   *
   * @param messageId with its angle brackets
   * @param accepted the recipients that the server took responsibility for
   * @param refused the recipients that it did not
   * @param sizeBytes of the frozen message
   * @param isEarlier whether this very key was sent before and nothing was sent now
   */
  record Receipt(
      String messageId,
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
