package io.waybill.mail.inbox;

import io.waybill.mail.ContentSource;
import io.waybill.mail.MailException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A mailbox on a server, as it is read from: one connection, made when it is first needed and again
 * after it broke. Each method throws a {@link MailException} that says why it failed.
 */
public interface RemoteMailbox {
  /**
   * What the server said of a folder when it was opened.
   *
   * @param uidValidity what its UIDs hold for; 0 if the server did not say
   * @param lastUid the highest UID that a message had by then, or could have had
   */
  record Opened(long uidValidity, long lastUid) {}

  /**
   * Opens a folder, anew if it is open.
   *
   * @param toChange whether after-actions will follow
   */
  Opened open(String folder, boolean toChange);

  /** Returns the UIDs within a range, ascending, of what may be what is looked for. */
  long[] find(long first, long last, MailSearch search);

  /** Returns those of these messages that are there. */
  long[] present(long[] uids);

  /**
   * Returns what the server says of these messages, in order; one that is gone, or of which it says
   * nothing that can be read, is left out.
   */
  List<MailFacts> facts(long[] uids);

  /** Returns how the header blocks of these messages begin, by UID. */
  Map<Long, byte[]> headers(long[] uids, int mostBytes);

  /**
   * Returns the whole contents of messages that are small enough together, by UID; one that is gone
   * is left out.
   */
  Map<Long, ContentSource> contents(List<MailFacts> small);

  /**
   * Hears of which small messages the contents will be asked for next, and may fetch them
   * meanwhile.
   */
  default void prefetch(List<MailFacts> small) {}

  /**
   * Opens the content of one message, which comes piece by piece as it is read.
   *
   * @throws IOException if it is gone, also later while it is read
   */
  InputStream stream(MailFacts message) throws IOException;

  /** Returns whether the connection is as it was when the folder was opened. */
  boolean isAlive();

  /**
   * Returns by what a message is known again, if the server gives it a name for good; else its
   * headers say.
   */
  default Optional<String> identity(MailFacts message) {
    return Optional.empty();
  }

  /**
   * Does what is to be done to messages after they were handled; what was done before, or is gone,
   * is done.
   */
  void perform(AfterAction action, List<LedgerEntry> messages);
}
