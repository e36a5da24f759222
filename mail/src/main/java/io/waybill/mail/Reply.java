package io.waybill.mail;

import java.time.Duration;
import java.util.Locale;
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

  private static final Pattern RETRY_AFTER =
      Pattern.compile(
          "\\b(?:again|retry|wait|back-?off|grey-?listed|gray-?listed)\\b[^0-9]{0,40}?(\\d{1,9})\\s*"
              + "(ms|milli\\w*|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\\b",
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

  /**
   * Returns how long the server asks to wait, where it says so in words, such as {@code try again
   * in 300 seconds}: between 1 s and 24 h.
   */
  public Optional<Duration> retryAfter() {
    return retryAfter(text);
  }

  /** Returns the same for the words of any server. */
  public static Optional<Duration> retryAfter(String text) {
    Matcher matcher = RETRY_AFTER.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2).toLowerCase(Locale.ROOT);
    Duration asked =
        unit.startsWith("ms") || unit.startsWith("milli")
            ? Duration.ofMillis(number)
            : switch (unit.charAt(0)) {
              case 's' -> Duration.ofSeconds(number);
              case 'm' -> Duration.ofMinutes(number);
              default -> Duration.ofHours(number);
            };
    Duration least = Duration.ofSeconds(1);
    Duration most = Duration.ofHours(24);
    return Optional.of(
        asked.compareTo(least) < 0 ? least : asked.compareTo(most) > 0 ? most : asked);
  }

  /**
   * Returns whether the server has enough recipients for one transaction, and takes more later; old
   * ones say so by 552 (RFC 5321 4.5.3.1.10).
   */
  public boolean isTooManyRecipients() {
    Optional<String> status = enhanced();
    return status.isPresent()
        ? status.get().endsWith(".5.3")
        : (code == 452 || code == 552) && text.toLowerCase(Locale.ROOT).contains("too many");
  }

  /** Returns whether the command succeeded, or the server wants more of it. */
  public boolean isPositive() {
    return code >= 200 && code < 400;
  }

  /** Returns whether the command succeeded and is done. */
  public boolean isCompletion() {
    return code >= 200 && code < 300;
  }

  /**
   * Returns whether trying later may help; the enhanced code, when present, has the last word,
   * unless it speaks of success and the other does not.
   */
  public boolean isTransient() {
    return enhanced()
        .filter(status -> !status.startsWith("2."))
        .map(status -> status.startsWith("4."))
        .orElse(code >= 400 && code < 500);
  }

  @Override
  public String toString() {
    return code + " " + text;
  }
}
