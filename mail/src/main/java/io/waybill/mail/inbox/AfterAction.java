package io.waybill.mail.inbox;

import io.waybill.mail.FieldText;
import io.waybill.mail.MailException;

/**
 * What is done to a message on the server after it was handled and that was written down. It can be
 * done again without harm, and is tried again by itself.
 *
 * @param kind what
 * @param word of {@code KEYWORD} the flag, of {@code MOVE} the folder; else empty
 */
public record AfterAction(Kind kind, String word) {
  /** Nothing: the folder is not even opened for writing. */
  public static final AfterAction NONE = new AfterAction(Kind.NONE, "");

  /** It is marked as read. */
  public static final AfterAction SEEN = new AfterAction(Kind.SEEN, "");

  /** It is deleted: only it, whatever else somebody has marked as deleted. */
  public static final AfterAction DELETE = new AfterAction(Kind.DELETE, "");

  private static final int MOST = 512;

  /** What can be done. */
  public enum Kind {
    /** Nothing. */
    NONE,
    /** Mark as read. */
    SEEN,
    /** Mark with a keyword. */
    KEYWORD,
    /** Move to another folder. */
    MOVE,
    /** Delete. */
    DELETE
  }

  /** Checks that the word can stand in a command. */
  public AfterAction {
    FieldText.requireName(kind == Kind.MOVE ? "folder" : "keyword", word);
    if (word.length() > MOST) {
      throw new MailException.InvalidMessage("after-action", MOST, "is too long");
    }
    boolean needsWord = kind == Kind.KEYWORD || kind == Kind.MOVE;
    if (needsWord == word.isEmpty()) {
      throw new MailException.InvalidMessage(
          "after-action", -1, needsWord ? "has no word" : "takes no word");
    }
    if (kind == Kind.KEYWORD && !word.matches("[A-Za-z0-9$_.-]{1,64}")) {
      throw new MailException.InvalidMessage(
          "keyword", -1, "is not of letters, digits, $, _, . and -");
    }
  }

  /**
   * Marks it with a keyword, as in {@code $Processed}.
   *
   * @throws MailException.InvalidMessage if it is none
   */
  public static AfterAction keyword(String name) {
    return new AfterAction(Kind.KEYWORD, name);
  }

  /**
   * Moves it to a folder of the same mailbox.
   *
   * @throws MailException.InvalidMessage if the name is empty or holds what no name may
   */
  public static AfterAction moveTo(String folder) {
    return new AfterAction(Kind.MOVE, folder);
  }

  /** Returns whether anything changes on the server. */
  public boolean isChange() {
    return kind != Kind.NONE;
  }

  /** Reads what {@link #toString} wrote. */
  public static AfterAction parse(String text) {
    int blank = text.indexOf(' ');
    return blank < 0
        ? new AfterAction(Kind.valueOf(text), "")
        : new AfterAction(Kind.valueOf(text.substring(0, blank)), text.substring(blank + 1));
  }

  @Override
  public String toString() {
    return word.isEmpty() ? kind.name() : kind + " " + word;
  }
}
