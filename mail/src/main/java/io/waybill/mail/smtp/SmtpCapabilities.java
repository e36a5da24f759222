package io.waybill.mail.smtp;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server said it can do, in its answer to EHLO (RFC 5321 4.1.1.1). */
final class SmtpCapabilities {
  private static final Pattern MOST_RECIPIENTS =
      Pattern.compile("\\bRCPTMAX=([1-9]\\d{0,6})\\b", Pattern.CASE_INSENSITIVE);

  static final SmtpCapabilities NONE = new SmtpCapabilities(Map.of());

  private final Map<String, String> keywords;

  private SmtpCapabilities(Map<String, String> keywords) {
    this.keywords = Map.copyOf(keywords);
  }

  /** Reads the lines of an answer; the first is the server's greeting. */
  static SmtpCapabilities of(List<String> lines) {
    Map<String, String> offered = new HashMap<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      // "AUTH=LOGIN" is how servers of the last century said "AUTH LOGIN".
      String plain = line.startsWith("AUTH=") ? "AUTH " + line.substring(5) : line;
      String[] words = plain.strip().split("\\s+", 2);
      String keyword = words[0].toUpperCase(Locale.ROOT);
      offered.merge(keyword, words.length > 1 ? words[1] : "", (a, b) -> a + " " + b);
    }
    return new SmtpCapabilities(offered);
  }

  boolean offers(String keyword) {
    return keywords.containsKey(keyword);
  }

  /** The mechanisms of AUTH in upper case (RFC 4954 3). */
  List<String> mechanisms() {
    String list = keywords.getOrDefault("AUTH", "").toUpperCase(Locale.ROOT).strip();
    return list.isEmpty() ? List.of() : Arrays.stream(list.split("\\s+")).distinct().toList();
  }

  /** The largest message that the server takes (RFC 1870 4); none said, or 0, is no bound. */
  OptionalLong largestMessage() {
    String bytes = keywords.getOrDefault("SIZE", "").strip();
    return bytes.matches("[1-9]\\d{0,17}")
        ? OptionalLong.of(Long.parseLong(bytes))
        : OptionalLong.empty();
  }

  /** The most recipients of one transaction (RFC 9422 LIMITS RCPTMAX). */
  OptionalInt mostRecipients() {
    Matcher most = MOST_RECIPIENTS.matcher(keywords.getOrDefault("LIMITS", ""));
    if (most.find()) {
      return OptionalInt.of(Integer.parseInt(most.group(1)));
    }
    return OptionalInt.empty();
  }

  /** All keywords with their parameters, sorted. */
  List<String> all() {
    return keywords.entrySet().stream()
        .map(entry -> (entry.getKey() + " " + entry.getValue()).strip())
        .sorted()
        .toList();
  }
}
