package io.waybill.mail.mime;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns bytes into text whatever their label says: nothing here fails. */
final class Charsets {
  static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  // Labels seen in mail that no Java platform knows.
  private static final Map<String, String> ALIASES =
      Map.of(
          "utf8mb4", "UTF-8",
          "ansi", "windows-1252",
          "x-unknown", "windows-1252",
          "cp-850", "IBM850",
          "ks_c_5601", "x-windows-949",
          "iso-8859-8-i", "ISO-8859-8",
          "iso-8859-8-e", "ISO-8859-8");

  /**
   * So many labels that nobody knows are looked for in this process before all known are listed.
   */
  private static final int FEW = 20;

  private static final AtomicInteger unknown = new AtomicInteger();

  private Charsets() {}

  static Optional<Charset> lookup(String label) {
    String lower = label.strip().toLowerCase(Locale.ROOT);
    String name = ALIASES.getOrDefault(lower, lower).toLowerCase(Locale.ROOT);
    if (unknown.get() >= FEW && !Known.NAMES.contains(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Charset.forName(name));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      unknown.incrementAndGet();
      return Optional.empty();
    }
  }

  /**
   * The platform searches the class path for each label that it does not know, up to a millisecond
   * each time, and a message may hold thousands. The list costs some 100 ms, but once.
   */
  private static final class Known {
    static final Set<String> NAMES =
        Charset.availableCharsets().values().stream()
            .flatMap(
                charset -> Stream.concat(Stream.of(charset.name()), charset.aliases().stream()))
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Decodes with the declared charset if it fits, else as UTF-8 if it fits, else as windows-1252.
   *
   * @return the text, and whether the declared charset (or none) was good enough
   */
  static Decoded decode(byte[] bytes, @Nullable String label) {
    if (label != null && Utf7.isNamed(label)) {
      Optional<String> text = Utf7.decode(bytes);
      if (text.isPresent()) {
        return new Decoded(withoutBom(text.get()), true);
      }
    }
    Charset declared = label == null ? null : lookup(label).orElse(null);
    // ASCII is what labels say when nobody thought about it; UTF-8 contains it.
    if (declared != null && !declared.equals(StandardCharsets.US_ASCII)) {
      Optional<String> fitting = strict(bytes, declared);
      if (fitting.isPresent()) {
        return new Decoded(withoutBom(fitting.get()), true);
      }
    }
    Optional<String> utf8 = strict(bytes, StandardCharsets.UTF_8);
    boolean fine = utf8.isPresent() && (label == null || declared != null) && isAsciiOr(declared);
    return new Decoded(withoutBom(utf8.orElseGet(() -> new String(bytes, WINDOWS_1252))), fine);
  }

  private static boolean isAsciiOr(@Nullable Charset declared) {
    return declared == null || declared.equals(StandardCharsets.US_ASCII);
  }

  private static String withoutBom(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static Optional<String> strict(byte[] bytes, Charset charset) {
    try {
      CharBuffer text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes));
      return Optional.of(text.toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Text, and whether its label was right. */
  record Decoded(String text, boolean isAsDeclared) {}
}
