package io.waybill.mail.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what HTML says of its own charset, as browsers do: near its beginning. */
final class HtmlCharset {
  private static final int BEGINNING = 1024;
  private static final Pattern META =
      Pattern.compile(
          "<meta\\s[^>]{0,300}?charset\\s{0,9}=\\s{0,9}[\"']?\\s{0,9}([^\\s\"'/>;]{1,40})",
          Pattern.CASE_INSENSITIVE);

  private HtmlCharset() {}

  static Optional<String> of(byte[] html) {
    String begin =
        new String(html, 0, Math.min(html.length, BEGINNING), StandardCharsets.ISO_8859_1);
    Matcher meta = META.matcher(begin);
    return meta.find()
        ? Optional.of(meta.group(1)).filter(HtmlCharset::isPossible)
        : Optional.empty();
  }

  /** Whoever can read the label in ASCII has no UTF-16 before him. */
  private static boolean isPossible(String label) {
    return !label.toLowerCase(Locale.ROOT).startsWith("utf-16")
        && Charsets.lookup(label).isPresent();
  }
}
