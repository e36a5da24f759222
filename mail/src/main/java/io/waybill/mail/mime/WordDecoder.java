package io.waybill.mail.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decodes encoded words (RFC 2047) as they are found in the wild. Words of one charset that follow
 * each other are decoded together, because senders cut characters in two; what is no encoded word
 * stays as it is. Takes a time that grows with the text and not faster.
 */
final class WordDecoder {
  private static final int LONGEST_CHARSET = 60;

  private final String line;
  private final StringBuilder out;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private @Nullable String charset; // of the bytes; null while there are none
  private boolean isAsDeclared = true;

  private WordDecoder(String line) {
    this.line = line;
    this.out = new StringBuilder(line.length());
  }

  /** Returns the text in one line, and whether it is what its charsets say. */
  static Charsets.Decoded decode(String line) {
    WordDecoder decoder = new WordDecoder(line);
    decoder.run();
    return new Charsets.Decoded(decoder.out.toString(), decoder.isAsDeclared);
  }

  private void run() {
    int last = line.lastIndexOf("?=");
    int at = 0; // what is before it is written
    int begin = line.indexOf("=?");
    while (begin >= 0 && begin < last) {
      int end = word(begin, at);
      if (end > 0) {
        at = end;
        begin = line.indexOf("=?", end);
      } else {
        begin = line.indexOf("=?", begin + 2);
      }
    }
    plain(at, line.length());
  }

  /** Takes the word that begins there, and what stands before it; returns its end, or -1. */
  private int word(int begin, int at) {
    int charsetEnd = indexOf('?', begin + 2, begin + 2 + LONGEST_CHARSET);
    int text = charsetEnd + 3;
    if (charsetEnd < 0 || text > line.length() || line.charAt(charsetEnd + 2) != '?') {
      return -1;
    }
    char encoding = Character.toUpperCase(line.charAt(charsetEnd + 1));
    String label = label(line.substring(begin + 2, charsetEnd));
    int end = text;
    while (end < line.length() && line.charAt(end) != '?') {
      end++; // no encoding has a question mark in it
    }
    boolean isWord =
        !label.isEmpty()
            && (encoding == 'B' || encoding == 'Q')
            && end + 1 < line.length()
            && line.charAt(end + 1) == '=';
    if (!isWord) {
      return -1;
    }
    boolean follows = charset != null && line.substring(at, begin).isBlank();
    if (!follows) {
      plain(at, begin);
    }
    if (charset != null && !charset.equals(label)) {
      flush();
    }
    charset = label;
    if (encoding == 'B') {
      base64(text, end);
    } else {
      quoted(text, end);
    }
    return end + 2;
  }

  /** Without the language (RFC 2231 5). */
  private static String label(String token) {
    int star = token.indexOf('*');
    String name = star < 0 ? token : token.substring(0, star);
    return name.chars().allMatch(c -> c > ' ' && c < 0x7f) ? name.toLowerCase(Locale.ROOT) : "";
  }

  private int indexOf(char c, int from, int to) {
    int end = Math.min(to, line.length());
    for (int i = from; i < end; i++) {
      if (line.charAt(i) == c) {
        return i;
      }
    }
    return -1;
  }

  private void base64(int from, int to) {
    int bits = 0;
    int count = 0;
    for (int i = from; i < to; i++) {
      int value = base64(line.charAt(i));
      if (line.charAt(i) == '=') {
        count = 0; // padding, in the middle too: what follows begins anew
      }
      if (value < 0) {
        continue;
      }
      bits = (bits << 6 | value) & 0xffffff;
      count += 6;
      if (count >= 8) {
        count -= 8;
        bytes.write(bits >> count);
      }
    }
  }

  private static int base64(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
  }

  private void quoted(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = line.charAt(i);
      int high = c == '=' && i + 2 < to ? Character.digit(line.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(line.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else if (c == '_') {
        bytes.write(' ');
      } else if (c < 0x80) {
        bytes.write(c);
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void plain(int from, int to) {
    flush();
    out.append(line, from, to);
  }

  private void flush() {
    if (charset == null) {
      return;
    }
    Charsets.Decoded decoded = Charsets.decode(bytes.toByteArray(), charset);
    isAsDeclared &= decoded.isAsDeclared();
    // A value has one line, whatever was encoded.
    decoded
        .text()
        .codePoints()
        .map(c -> Character.isISOControl(c) && c != '\t' ? ' ' : c)
        .forEach(out::appendCodePoint);
    bytes.reset();
    charset = null;
  }
}
