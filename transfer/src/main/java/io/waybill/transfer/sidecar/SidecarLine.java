package io.waybill.transfer.sidecar;

import io.waybill.transfer.Digest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One line, in one of the forms that are in use:
 *
 * <pre>
 * 5891b5b5...  name         sha256sum, text; *name: binary; also with one blank
 * \5891b5b5...  na\\me      a backslash in front: \\ \n \r in the name stand for one character
 * SHA256 (name) = 5891...   sha256sum --tag, BSD
 * SHA2-256(name)= 5891...   openssl dgst
 * 5891b5b5...               the digest alone, or with - for standard input
 * </pre>
 *
 * @param algorithm as the line tells it; empty if it does not
 * @param name empty if there is none
 */
record SidecarLine(Optional<Digest.Algorithm> algorithm, String name, String hex) {
  private static final String STANDARD_INPUT = "-";

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it has none of the forms
   */
  static SidecarLine parse(String line) {
    boolean isEscaped = line.startsWith("\\");
    String text = isEscaped ? line.substring(1) : line;
    int digits = 0;
    while (digits < text.length() && HexFormat.isHexDigit(text.charAt(digits))) {
      digits++;
    }
    boolean startsWithDigest =
        digits > 0 && (digits == text.length() || Character.isWhitespace(text.charAt(digits)));
    return startsWithDigest && text.indexOf('(') != digits + 1
        ? untagged(text.substring(0, digits), text.substring(digits), isEscaped)
        : tagged(text, isEscaped);
  }

  private static SidecarLine untagged(String hex, String rest, boolean isEscaped) {
    if (rest.isBlank()) {
      return new SidecarLine(Optional.empty(), "", hex);
    }
    if (rest.charAt(0) != ' ') {
      throw new IllegalArgumentException("a blank and a name must follow the digest");
    }
    int start = rest.length() > 1 && (rest.charAt(1) == ' ' || rest.charAt(1) == '*') ? 2 : 1;
    String name = rest.substring(start);
    return new SidecarLine(
        Optional.empty(),
        name.equals(STANDARD_INPUT) ? "" : plain(isEscaped ? unescaped(name) : name),
        hex);
  }

  private static SidecarLine tagged(String text, boolean isEscaped) {
    int open = text.indexOf('(');
    int close = text.lastIndexOf(')');
    if (open < 1 || close < open) {
      throw new IllegalArgumentException("there is no digest with a name in it");
    }
    String tag = text.substring(0, open).strip();
    Digest.Algorithm algorithm =
        SidecarName.byTag(tag)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'" + tag + "' is none of SHA512, SHA256, SHA1 and MD5"));
    String end = text.substring(close + 1).strip();
    if (!end.startsWith("=")) {
      throw new IllegalArgumentException("'= <digest>' must follow the name");
    }
    String name = text.substring(open + 1, close);
    return new SidecarLine(
        Optional.of(algorithm),
        name.equals(STANDARD_INPUT) ? "" : plain(isEscaped ? unescaped(name) : name),
        end.substring(1).strip());
  }

  private static String unescaped(String name) {
    StringBuilder plain = new StringBuilder(name.length());
    boolean isAfterBackslash = false;
    for (int i = 0; i < name.length(); i++) {
      char each = name.charAt(i);
      if (isAfterBackslash) {
        plain.append(meant(each));
        isAfterBackslash = false;
      } else if (each == '\\') {
        isAfterBackslash = true;
      } else {
        plain.append(each);
      }
    }
    if (isAfterBackslash) {
      throw new IllegalArgumentException("nothing follows the last backslash of an escaped name");
    }
    return plain.toString();
  }

  private static char meant(char escaped) {
    return switch (escaped) {
      case '\\' -> '\\';
      case 'n' -> '\n';
      case 'r' -> '\r';
      default ->
          throw new IllegalArgumentException(
              "after a backslash in an escaped name comes \\, n or r");
    };
  }

  // as find . -exec sha256sum {} + writes them
  private static String plain(String name) {
    String plain = name;
    while (plain.startsWith("./")) {
      plain = plain.substring(2);
    }
    if (!SidecarName.isInside(plain)) {
      throw new IllegalArgumentException(
          "the name '%s' is absolute or leads out of the directory".formatted(name));
    }
    return plain;
  }

  /** Writes a line as {@code sha256sum} does, without its end. */
  static String format(String name, String hex) {
    String escaped = escaped(name);
    return (isEscaped(name) ? "\\" : "") + hex + "  " + escaped;
  }

  /** Writes a line as {@code sha256sum --tag} does, without its end. */
  static String formatTagged(Sidecar sidecar, String tag) {
    String escaped = escaped(sidecar.name());
    return "%s%s (%s) = %s"
        .formatted(isEscaped(sidecar.name()) ? "\\" : "", tag, escaped, sidecar.digest().hex());
  }

  private static boolean isEscaped(String name) {
    return name.chars().anyMatch(each -> each == '\\' || each == '\n' || each == '\r');
  }

  // as "-" it would be standard input
  static String escaped(String name) {
    return (name.equals(STANDARD_INPUT) ? "./" + name : name)
        .replace("\\", "\\\\")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
