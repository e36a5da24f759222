package io.waybill.mail.mime;

import java.util.Locale;

/**
 * Holds one header field as its bytes are, one character for each byte (ISO 8859-1).
 *
 * @param name the name as it is written, without what precedes the colon
 * @param text the whole field: name, colon, value, folds and the CRLF at its end
 */
public record RawField(String name, String text) {
  /** Returns whether the field has this name, in whatever case. */
  public boolean isNamed(String other) {
    return name.equalsIgnoreCase(other);
  }

  /** Returns whether the name begins like this, in whatever case. */
  public boolean startsWith(String prefix) {
    return name.toLowerCase(Locale.ROOT).startsWith(prefix.toLowerCase(Locale.ROOT));
  }

  /** Returns what follows the colon, folds and the last CRLF included. */
  public String value() {
    return text.substring(text.indexOf(':') + 1);
  }
}
