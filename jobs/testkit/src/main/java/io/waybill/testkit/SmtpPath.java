package io.waybill.testkit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An address of MAIL or RCPT with what stood behind it (RFC 5321 4.1.2).
 *
 * @param address what stood between the angle brackets; nothing for the null sender
 * @param parameters keywords in upper case, in their order, and their values, which may be empty
 */
public record SmtpPath(String address, Map<String, String> parameters) {
  /** Copies the parameters. */
  public SmtpPath {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /**
   * Reads one; empty if it is not well formed.
   *
   * @param keyword {@code FROM:} or {@code TO:}, in any case
   */
  static Optional<SmtpPath> parse(String keyword, String text) {
    String start = keyword + "<";
    if (!text.regionMatches(true, 0, start, 0, start.length())) {
      return Optional.empty();
    }
    int end = closing(text, start.length());
    if (end < 0 || (end + 1 < text.length() && text.charAt(end + 1) != ' ')) {
      return Optional.empty();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    String rest = text.substring(end + 1).strip();
    for (String word : rest.isEmpty() ? new String[0] : rest.split(" +")) {
      int equals = word.indexOf('=');
      String name = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
      String before = parameters.put(name, equals < 0 ? "" : word.substring(equals + 1));
      if (before != null || !name.matches("[A-Z0-9][A-Z0-9-]*")) {
        return Optional.empty();
      }
    }
    String address = text.substring(start.length(), end);
    return isAddress(address) ? Optional.of(new SmtpPath(address, parameters)) : Optional.empty();
  }

  /** Finds the closing bracket, which is not one within quotes. */
  private static int closing(String text, int from) {
    boolean isQuoted = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && isQuoted) {
        i++;
      } else if (c == '"') {
        isQuoted = !isQuoted;
      } else if (c == '>' && !isQuoted) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isAddress(String text) {
    if (text.isEmpty() || text.equalsIgnoreCase("postmaster")) {
      return true;
    }
    int at = text.lastIndexOf('@');
    boolean isQuoted = text.startsWith("\"");
    return at > 0
        && at < text.length() - 1
        && text.chars().noneMatch(Character::isISOControl)
        && (isQuoted ? text.indexOf(' ', at) < 0 : text.indexOf(' ') < 0);
  }

  boolean isAscii() {
    return address.chars().allMatch(c -> c < 0x80);
  }
}
