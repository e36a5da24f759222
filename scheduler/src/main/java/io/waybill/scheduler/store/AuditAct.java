package io.waybill.scheduler.store;

/**
 * Something that somebody did.
 *
 * @param who a user of the system, or what is known of whoever asked; cut after 200 characters
 * @param action what was done, in words of the application: {@code trigger}; 1 to 60 characters
 * @param subject the name or id of what it was done to; cut after 300 characters
 * @param detail more about it, as a JSON object; the store does not look into it
 */
public record AuditAct(String who, String action, String subject, String detail) {
  private static final int MOST_WHO = 200;
  private static final int MOST_ACTION = 60;
  private static final int MOST_SUBJECT = 300;

  /**
   * Cuts what is too long.
   *
   * @throws IllegalArgumentException if the action is blank or longer than 60 characters
   */
  public AuditAct {
    if (action.isBlank() || action.length() > MOST_ACTION) {
      throw new IllegalArgumentException(
          "an action has 1 to " + MOST_ACTION + " characters, not \"" + action + "\"");
    }
    who = cut(who, MOST_WHO);
    subject = cut(subject, MOST_SUBJECT);
    detail = clean(detail);
  }

  private static String cut(String text, int most) {
    String clean = clean(text);
    int end = Math.min(most, clean.length());
    // half a surrogate pair could not be stored
    return clean.substring(
        0, end > 0 && Character.isHighSurrogate(clean.charAt(end - 1)) ? end - 1 : end);
  }

  // PostgreSQL has no text with a zero in it, and what is read back must be what was hashed
  private static String clean(String text) {
    return text.replace('\0', '?');
  }
}
