package io.waybill.mail.inbox;

import io.waybill.mail.MailException;

/**
 * Where the first run on a folder begins; later ones go on where the last one was.
 *
 * @param kind where
 * @param uid of {@code UID} the first one that is read; else 0
 */
public record StartFrom(Kind kind, long uid) {
  /** With what arrives from now on. */
  public static final StartFrom NOW = new StartFrom(Kind.NOW, 0);

  /** With everything that is there. */
  public static final StartFrom ALL = new StartFrom(Kind.ALL, 0);

  /** With what is there and nobody has read, and all that arrives from now on. */
  public static final StartFrom UNSEEN = new StartFrom(Kind.UNSEEN, 0);

  /** Kinds of beginning. */
  public enum Kind {
    /** See {@link StartFrom#NOW}. */
    NOW,
    /** See {@link StartFrom#ALL}. */
    ALL,
    /** See {@link StartFrom#UNSEEN}. */
    UNSEEN,
    /** See {@link StartFrom#since}. */
    UID
  }

  /** Checks that only {@code UID} has one. */
  public StartFrom {
    if ((kind == Kind.UID) != (uid > 0)) {
      throw new MailException.InvalidMessage("from", -1, "is no UID to begin with");
    }
  }

  /** With the message of this UID, which is above 0. */
  public static StartFrom since(long uid) {
    return new StartFrom(Kind.UID, uid);
  }
}
