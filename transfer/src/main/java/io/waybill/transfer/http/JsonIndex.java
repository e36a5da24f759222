package io.waybill.transfer.http;

import io.waybill.transfer.FileEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a directory's index in JSON: nginx's {@code autoindex_format json} and Caddy's. Both are
 * one array of flat objects, and tell sizes and times; anything else in JSON is no index.
 */
final class JsonIndex {
  private final String text;
  private int at;

  private JsonIndex(String text) {
    this.text = text;
  }

  /**
   * Reads an index.
   *
   * @throws HttpProtocolException if it is none
   */
  static List<FileEntry> parse(String text) throws HttpProtocolException {
    JsonIndex json = new JsonIndex(text);
    Map<String, FileEntry> entries = new LinkedHashMap<>();
    json.expect('[');
    if (!json.next(']')) {
      do {
        IndexPage.add(entries, entry(json.object()));
      } while (json.next(','));
      json.expect(']');
    }
    json.blanks();
    if (json.at != text.length()) {
      throw json.unreadable();
    }
    return new ArrayList<>(entries.values());
  }

  private static FileEntry entry(Map<String, String> fields) throws HttpProtocolException {
    String name = fields.getOrDefault("name", "");
    boolean isCaddy = fields.containsKey("is_dir");
    boolean isDirectory =
        isCaddy ? "true".equals(fields.get("is_dir")) : "directory".equals(fields.get("type"));
    boolean isFile = isCaddy ? !isDirectory : "file".equals(fields.get("type"));
    if (!isCaddy && !fields.containsKey("type")) {
      throw new HttpProtocolException("JSON that is no index as nginx or Caddy make one");
    }
    String bare = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    // the same checks as for names in links
    String checked = RequestPath.decodeName(bare.replace("%", "%25"));
    long size =
        isFile && fields.containsKey("size")
            ? Reply.number("size", fields.get("size"))
            : FileEntry.UNKNOWN_SIZE;
    FileEntry.Kind kind =
        isDirectory
            ? FileEntry.Kind.DIRECTORY
            : isFile ? FileEntry.Kind.FILE : FileEntry.Kind.OTHER;
    return new FileEntry(
        checked, kind, size, time(isCaddy ? fields.get("mod_time") : fields.get("mtime")));
  }

  private static Optional<Instant> time(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          text.indexOf('T') == 10
              ? OffsetDateTime.parse(text).toInstant()
              : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Map<String, String> object() throws HttpProtocolException {
    Map<String, String> fields = new HashMap<>();
    expect('{');
    if (next('}')) {
      return fields;
    }
    do {
      String key = string();
      expect(':');
      fields.put(key, value());
    } while (next(','));
    expect('}');
    return fields;
  }

  // numbers and words as they stand there
  private String value() throws HttpProtocolException {
    blanks();
    if (at < text.length() && text.charAt(at) == '"') {
      return string();
    }
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (from == at) {
      throw unreadable();
    }
    return text.substring(from, at);
  }

  private String string() throws HttpProtocolException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char each = text.charAt(at++);
      out.append(each == '\\' ? escaped() : each);
    }
    if (at >= text.length()) {
      throw unreadable();
    }
    at++;
    return out.toString();
  }

  private char escaped() throws HttpProtocolException {
    char kind = at < text.length() ? text.charAt(at++) : ' ';
    return switch (kind) {
      case '"', '\\', '/' -> kind;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw unreadable();
    };
  }

  private char unicode() throws HttpProtocolException {
    String digits = at + 4 <= text.length() ? text.substring(at, at + 4) : "";
    if (!digits.matches("[0-9A-Fa-f]{4}")) {
      throw unreadable();
    }
    at += 4;
    return (char) Integer.parseInt(digits, 16);
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean next(char wanted) {
    blanks();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) throws HttpProtocolException {
    if (!next(wanted)) {
      throw unreadable();
    }
  }

  private HttpProtocolException unreadable() {
    return new HttpProtocolException(
        "JSON that is no index as nginx or Caddy make one, at character " + at);
  }
}
