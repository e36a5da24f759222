package io.waybill.mail;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds an SMTP server's answer (RFC 5321 4.2).
 *
 * @param code the three digits, 200 to 599
 * @param text the lines behind the code, joined by one blank, without controls
 */
public record Reply(int code, String text) {
  private static final Pattern ENHANCED = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(?:\\s|$)");
  private static final Pattern QUEUE_ID =
      Pattern.compile(
          "(?:queued (?:mail )?(?:as|for delivery[: ]*)|\\bid=)\\s*<?([\\w.@+-]{1,200})"
              + "|^(?:\\d\\.\\d+\\.\\d+ )?(\\w{8,40}) Message accepted",
          Pattern.CASE_INSENSITIVE);

  /** Returns the enhanced status code (RFC 3463) that the text starts with, such as 5.1.1. */
  public Optional<String> enhanced() {
    Matcher matcher = ENHANCED.matcher(text);
    return matcher.lookingAt() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * Returns the name that the server gave the message in its queue, as Postfix ({@code queued as
   * X}), Exim ({@code id=X}), Sendmail ({@code X Message accepted}) and those who speak like them
   * say it.
   */
  public Optional<String> queueId() {
    Matcher matcher = QUEUE_ID.matcher(text);
    return matcher.find()
        ? Optional.of(matcher.group(1) != null ? matcher.group(1) : matcher.group(2))
        : Optional.empty();
  }

  /** Returns whether the command succeeded. */
  public boolean isPositive() {
    return code >= 200 && code < 400;
  }

  /** Returns whether trying later may help; the enhanced code, when present, has the last word. */
  public boolean isTransient() {
    return enhanced().map(status -> status.startsWith("4.")).orElse(code >= 400 && code < 500);
  }

  @Override
  public String toString() {
    return code + " " + text;
  }
}
