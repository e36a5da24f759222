package io.waybill.mail;

/**
 * Holds an image, or another file, that the HTML shows as {@code cid:...} (RFC 2387, RFC 2392).
 *
 * @param contentId what stands behind {@code cid:}, without angle brackets: 1 to 200 letters,
 *     digits and {@code !#$&'*+-.=?^_`{|}~@}; unique when it ends in {@code @} and a domain, but a
 *     bare word works everywhere. Never a path: no slash, no two dots in a row
 * @param attachment the content
 */
public record InlinePart(String contentId, Attachment attachment) {
  private static final int MAX_ID = 200;
  private static final String FIELD = "inline content id";

  /**
   * Checks both.
   *
   * @throws MailException.InvalidMessage if it is empty, too long, or holds anything else, or if
   *     the content is a mail
   */
  public InlinePart {
    FieldText.requireOnly(
        FIELD, contentId, InlinePart::isAllowed, "holds a character that no content id may");
    int paths = contentId.indexOf("..");
    if (paths >= 0) {
      throw new MailException.InvalidMessage(FIELD, paths, "holds two dots");
    }
    if (contentId.isEmpty() || contentId.length() > MAX_ID) {
      throw new MailException.InvalidMessage(
          FIELD, -1, "is empty or longer than " + MAX_ID + " characters");
    }
    if (attachment.contentType().equals(Attachment.MAIL)) {
      throw new MailException.InvalidMessage(
          "inline content", -1, "is a whole mail, which HTML cannot show: attach it");
    }
  }

  private static boolean isAllowed(int c) {
    return FieldText.isAlphanumeric(c) || "!#$&'*+-.=?^_`{|}~@".indexOf(c) >= 0;
  }
}
