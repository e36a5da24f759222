package io.waybill.mail.imap;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder of a mailbox.
 *
 * @param name its full name, as in {@code INBOX} or {@code Work/2026}
 * @param canHoldMail whether it can be opened; some only hold other folders
 * @param use what the server marks it for (RFC 6154); empty if for nothing
 */
public record MailFolder(String name, boolean canHoldMail, Optional<Use> use) {
  /** What a folder is for. */
  public enum Use {
    /** All mail, wherever it is. */
    ALL,
    /** What was put away. */
    ARCHIVE,
    /** What is being written. */
    DRAFTS,
    /** What somebody found important. */
    FLAGGED,
    /** What is taken for spam. */
    JUNK,
    /** Copies of what was sent. */
    SENT,
    /** What was thrown away. */
    TRASH;

    static Optional<Use> of(String @Nullable [] attributes) {
      if (attributes == null) {
        return Optional.empty();
      }
      for (String attribute : attributes) {
        for (Use use : values()) {
          if (attribute.toUpperCase(Locale.ROOT).equals("\\" + use.name())) {
            return Optional.of(use);
          }
        }
      }
      return Optional.empty();
    }
  }
}
