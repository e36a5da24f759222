package io.waybill.mail;

/** Says that no person wrote a message, so that other programs do not answer it (RFC 3834). */
public enum AutoSubmitted {
  /** A program sent it of its own accord. */
  AUTO_GENERATED("auto-generated"),
  /** A program answered another message; such mail goes out from the null sender. */
  AUTO_REPLIED("auto-replied");

  private final String keyword;

  AutoSubmitted(String keyword) {
    this.keyword = keyword;
  }

  /** Returns the value of the header field {@code Auto-Submitted}. */
  public String keyword() {
    return keyword;
  }
}
