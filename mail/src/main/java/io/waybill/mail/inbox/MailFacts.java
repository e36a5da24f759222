package io.waybill.mail.inbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a server says of a message without its content.
 *
 * @param folder the folder it is in
 * @param uidValidity the folder's UIDVALIDITY, without which a UID means nothing; 0 if the server
 *     did not say
 * @param uid the message's UID (RFC 3501 2.3.1.1)
 * @param sizeBytes how long the server says it is, which need not be true
 * @param receivedAt when it was put into the mailbox (INTERNALDATE)
 * @param flags what it is marked with, as in {@code \Seen} or {@code $Forwarded}
 * @param gmail what only Gmail knows of it
 */
public record MailFacts(
    String folder,
    long uidValidity,
    long uid,
    long sizeBytes,
    Optional<Instant> receivedAt,
    List<String> flags,
    Optional<GmailFacts> gmail) {
  /** Keeps its own list. */
  public MailFacts {
    flags = List.copyOf(flags);
  }

  /** Returns whether somebody has read it. */
  public boolean isSeen() {
    return flags.stream().anyMatch("\\Seen"::equalsIgnoreCase);
  }
}
