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
      Map.ofEntries(
          Map.entry("utf8mb4", "UTF-8"),
          Map.entry("ansi", "windows-1252"),
          Map.entry("x-unknown", "windows-1252"),
          Map.entry("cp-850", "IBM850"),
          Map.entry("ks_c_5601", "x-windows-949"),
          Map.entry("iso-8859-8-i", "ISO-8859-8"),
          Map.entry("iso-8859-8-e", "ISO-8859-8"),
          Map.entry("x-gbk", "GB18030"),
          Map.entry("x-x-big5", "Big5"),
          Map.entry("x-mac-roman", "x-MacRoman"),
          Map.entry("x-mac-cyrillic", "x-MacCyrillic"));

  /**
   * What writers of mail mean when they name a standard charset: the larger one of their platform,
   * as browsers take it (WHATWG Encoding Standard 4.2).
   */
  private static final Map<String, String> LARGER =
      Map.ofEntries(
          Map.entry("GB2312", "GB18030"),
          Map.entry("GBK", "GB18030"),
          Map.entry("Shift_JIS", "windows-31j"),
          Map.entry("EUC-KR", "x-windows-949"),
          Map.entry("Big5", "Big5-HKSCS"),
          Map.entry("ISO-8859-1", "windows-1252"),
          Map.entry("ISO-8859-9", "windows-1254"),
          Map.entry("x-iso-8859-11", "x-windows-874"),
          Map.entry("TIS-620", "x-windows-874"));

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
      Optional<String> fitting =
          larger(declared)
              .flatMap(larger -> strict(bytes, larger))
              .or(() -> strict(bytes, declared));
      if (fitting.isEmpty() && declared.name().equals("ISO-2022-JP")) {
        fitting = known("x-windows-iso2022jp").flatMap(larger -> strict(bytes, larger));
      }
      if (fitting.isPresent()) {
        return new Decoded(withoutBom(fitting.get()), true);
      }
    }
    if (isUtf16(bytes)) {
      Optional<String> utf16 = strict(bytes, StandardCharsets.UTF_16);
      if (utf16.isPresent()) {
        return new Decoded(withoutBom(utf16.get()), label == null);
      }
    }
    Optional<String> utf8 = strict(bytes, StandardCharsets.UTF_8);
    boolean fine = utf8.isPresent() && (label == null || declared != null) && isAsciiOr(declared);
    return new Decoded(withoutBom(utf8.orElseGet(() -> new String(bytes, WINDOWS_1252))), fine);
  }

  private static Optional<Charset> larger(Charset declared) {
    return Optional.ofNullable(LARGER.get(declared.name())).flatMap(Charsets::known);
  }

  /** A platform without its module of charsets lacks some. */
  private static Optional<Charset> known(String name) {
    return Charset.isSupported(name) ? Optional.of(Charset.forName(name)) : Optional.empty();
  }

  /** Begins as nothing else does. */
  private static boolean isUtf16(byte[] bytes) {
    return bytes.length >= 2
        && ((bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)
            || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff));
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
