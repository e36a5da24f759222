package io.waybill.mail.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads {@code value; name=value; name*0*=...} as it is found in the wild (RFC 2045 5.1, RFC 2231),
 * without ever objecting.
 */
final class ParameterReader {
  private static final int MAX_PIECES = 1000;

  private final String value;
  private final Map<String, String> parameters = new HashMap<>();
  private final UnaryOperator<String> decoder;

  /** {@code decoder} decodes encoded words, which do not belong into parameters but are there. */
  ParameterReader(String field, UnaryOperator<String> decoder) {
    this.decoder = decoder;
    StringBuilder first = new StringBuilder();
    int end = readValue(field, first);
    this.value = first.toString().strip().toLowerCase(Locale.ROOT);
    int at = end + 1;
    while (at < field.length()) {
      int next = indexOfUnquoted(field, at);
      String parameter = field.substring(at, next);
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        String name = parameter.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        String text = parameter.substring(equals + 1).strip();
        parameters.putIfAbsent(name, unquote(isName(name) ? text : withoutComment(text)));
      }
      at = next + 1;
    }
  }

  /** Returns what stands before the first semicolon, in lower case. */
  String value() {
    return value;
  }

  /** Returns a parameter: its extended form (RFC 2231) wins over the plain one. */
  Optional<String> parameter(String name) {
    Optional<String> extended = extended(name);
    return extended.isPresent() ? extended : Optional.ofNullable(parameters.get(name)).map(decoder);
  }

  private Optional<String> extended(String name) {
    String whole = parameters.get(name + "*");
    if (whole != null) {
      return Optional.of(join(name, whole, false));
    }
    String first = parameters.get(name + "*0*");
    if (first != null) {
      return Optional.of(join(name, first, true));
    }
    String plainFirst = parameters.get(name + "*0");
    return plainFirst == null ? Optional.empty() : Optional.of(join(name, "''" + plainFirst, true));
  }

  private String join(String name, String first, boolean more) {
    int charsetEnd = first.indexOf('\'');
    int languageEnd = charsetEnd < 0 ? -1 : first.indexOf('\'', charsetEnd + 1);
    String charset = languageEnd < 0 ? "" : first.substring(0, charsetEnd);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    percentDecode(first.substring(languageEnd + 1), bytes);
    for (int i = 1; more && i < MAX_PIECES; i++) {
      String encoded = parameters.get(name + "*" + i + "*");
      String literal = parameters.get(name + "*" + i);
      if (encoded != null) {
        percentDecode(encoded, bytes);
      } else if (literal != null) {
        bytes.writeBytes(literal.getBytes(StandardCharsets.UTF_8));
      } else {
        break;
      }
    }
    return Charsets.decode(bytes.toByteArray(), charset.isEmpty() ? null : charset).text();
  }

  private static void percentDecode(String text, ByteArrayOutputStream out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      boolean room = bytes[i] == '%' && i + 2 < bytes.length;
      int high = room ? Character.digit(bytes[i + 1], 16) : -1;
      int low = room ? Character.digit(bytes[i + 2], 16) : -1;
      if (high >= 0 && low >= 0) {
        out.write((high << 4) | low);
        i += 2;
      } else {
        out.write(bytes[i]);
      }
    }
  }

  /** Reads up to the first semicolon that is in no comment; returns where that is. */
  private static int readValue(String field, StringBuilder value) {
    int depth = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == ';' && depth == 0) {
        return i;
      }
      if (c == '(') {
        depth++;
      } else if (c == ')' && depth > 0) {
        depth--;
      } else if (depth == 0) {
        value.append(c);
      }
    }
    int semicolon = field.indexOf(';');
    int end = semicolon < 0 ? field.length() : semicolon;
    if (depth > 0) { // as no comment is that never ends
      value.setLength(0);
      value.append(field, 0, end);
      return end;
    }
    return field.length();
  }

  /** Names of files hold parentheses, and many leave out the quotes that those need. */
  private static boolean isName(String parameter) {
    return parameter.startsWith("name") || parameter.startsWith("filename");
  }

  private static String withoutComment(String text) {
    int from = text.startsWith("\"") ? text.indexOf('"', 1) : 0;
    int comment = from < 0 ? -1 : text.indexOf('(', from);
    return comment < 0 || !text.endsWith(")") ? text : text.substring(0, comment).strip();
  }

  private static int indexOfUnquoted(String text, int from) {
    boolean quoted = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ';' && !quoted) {
        return i;
      }
    }
    return text.length();
  }

  /** A backslash escapes a quote or itself; before anything else it is a lone Windows path. */
  private static String unquote(String text) {
    if (!text.startsWith("\"")) {
      return text;
    }
    String inner =
        text.substring(
            1, text.endsWith("\"") && text.length() > 1 ? text.length() - 1 : text.length());
    return inner.replaceAll("\\\\([\"\\\\])", "$1");
  }
}
