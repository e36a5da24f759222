package io.waybill.mail.inbox;

import java.util.List;

/**
 * What Gmail knows of a message beyond IMAP; the ids are the same in all of its folders.
 *
 * @param messageId X-GM-MSGID, a decimal number
 * @param threadId X-GM-THRID, a decimal number
 * @param labels X-GM-LABELS, as in {@code \Important} or {@code Work}
 */
public record GmailFacts(String messageId, String threadId, List<String> labels) {
  /** Keeps its own list. */
  public GmailFacts {
    labels = List.copyOf(labels);
  }
}
