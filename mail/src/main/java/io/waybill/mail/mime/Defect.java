package io.waybill.mail.mime;

/**
 * Names something that is wrong with a message that was read all the same.
 *
 * @param kind what it is
 * @param detail where and how, for people; never content of the message
 */
public record Defect(Kind kind, String detail) {
  /** What can be wrong. */
  public enum Kind {
    /** A bound of {@link MimeLimits} was passed; the rest was not looked at or not decoded. */
    LIMIT_EXCEEDED,
    /** The structure breaks off or contradicts itself. */
    BROKEN_STRUCTURE,
    /** A header cannot be understood; its raw text is kept. */
    BROKEN_HEADER,
    /** The declared charset is unknown or does not fit the bytes. */
    CHARSET,
    /** A file name was changed to be safe; the raw one is kept. */
    UNSAFE_NAME
  }
}
