package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;

/** A path of this machine as a URI: {@code file:/path} or {@code file:///path}, percent-encoded. */
final class FileUri {
  private static final String SCHEME = "file:/";
  private static final int HEX = 16;

  private FileUri() {}

  static boolean is(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * Returns the path.
   *
   * @throws JobException.Configuration if an escape is none, or another host is named
   */
  static String path(String text) {
    String rest = text.substring(SCHEME.length() - 1);
    if (rest.startsWith("//")) {
      int slash = rest.indexOf('/', 2);
      String host = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
      if (slash < 0 || !(host.isEmpty() || host.equalsIgnoreCase("localhost"))) {
        throw new JobException.Configuration(
            "\"%s\" names a file of another host, and file: is of this machine only: write file:///PATH"
                .formatted(text));
      }
      rest = rest.substring(slash);
    }
    return decoded(text, rest);
  }

  private static String decoded(String uri, String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] all = encoded.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    while (at < all.length) {
      boolean isEscape = all[at] == '%';
      int value = isEscape ? (at + 2 < all.length ? octet(all[at + 1], all[at + 2]) : -1) : all[at];
      if (isEscape && value < 0) {
        throw bad(uri);
      }
      bytes.write(value);
      at += isEscape ? 3 : 1;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad(uri);
    }
  }

  private static int octet(byte high, byte low) {
    int first = Character.digit(high, HEX);
    int second = Character.digit(low, HEX);
    return first < 0 || second < 0 ? -1 : first * HEX + second;
  }

  private static JobException.Configuration bad(String uri) {
    return new JobException.Configuration(
        "\"%s\" has a \"%%\" that is no escape: %%XX is a byte of UTF-8 text in hexadecimal, and a %% of the name itself is %%25"
            .formatted(uri));
  }

  /**
   * Checks that what stands for itself in a source is not taken for a pattern.
   *
   * @throws JobException.Configuration if it would be
   */
  static void requireNoPattern(String text, Place place) {
    String upper = text.toUpperCase(Locale.ROOT);
    boolean isEncoded = upper.contains("%2A") || upper.contains("%3F");
    if (is(text)
        && isEncoded
        && place instanceof Place.Local local
        && !Files.exists(local.toPath())) { // what is there is meant
      throw new JobException.Configuration(
          "there is no %s, whose \"*\" or \"?\" is of the name itself: write it plainly, and not as %%2A or %%3F, to have a pattern"
              .formatted(place));
    }
  }
}
