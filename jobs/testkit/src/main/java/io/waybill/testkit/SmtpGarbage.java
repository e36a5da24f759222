package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What no SMTP server says in reply (RFC 5321 4.2), for {@link SmtpOccasion#garbage}. */
public enum SmtpGarbage {
  /** A line that begins with no number. */
  NO_NUMBER("hello, who is there?\r\n"),
  /** A reply of two lines with two codes. */
  CHANGING_CODE("250-one\r\n550 two\r\n"),
  /** A line of 1 MiB that does not end. */
  ENDLESS_LINE("250 " + "x".repeat(1024 * 1024 - 4)),
  /** A reply of 300 lines. Nothing forbids it. */
  MANY_LINES("250-line\r\n".repeat(299) + "250 last\r\n"),
  /** A reply with NUL bytes in its text. */
  NUL_BYTES("250 o\0k\0\r\n"),
  /** A code that does not exist. */
  CODE_999("999 what\r\n"),
  /** An empty line. */
  EMPTY_LINE("\r\n"),
  /** A reply whose text is neither ASCII nor UTF-8. */
  EIGHT_BIT("250 \u00ff\u00fe\u00e9\r\n");

  private final String text;

  SmtpGarbage(String text) {
    this.text = text;
  }

  /** Returns the bytes on the wire. */
  public byte[] bytes() {
    return text.getBytes(ISO_8859_1);
  }
}
