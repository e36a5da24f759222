package io.waybill.mail.mime;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes file names out of what senders claim: usable on every system, unique without regard to
 * case. The time it takes grows with their length and not faster.
 */
final class SafeName {
  private static final int MAX_BYTES = 200;
  private static final int MAX_EXTENSION = 20;

  /** To compose marks takes the square of their number. */
  private static final int MAX_RAW = 500;

  private static final Pattern RESERVED =
      Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> lastNumbers = new HashMap<>();

  /** Returns a safe name; {@code fallback} is used when nothing of the raw one can be. */
  String make(String raw, String fallback) {
    String safe = clean(raw);
    if (safe.isEmpty()) {
      safe = fallback;
    }
    String unique = safe;
    int number = lastNumbers.getOrDefault(folded(safe), 1); // those up to it are taken
    while (!taken.add(folded(unique))) {
      number++;
      unique = withSuffix(safe, "-" + number);
    }
    lastNumbers.put(folded(safe), number);
    return unique;
  }

  /** As file systems compare names: some lower-case letters share a capital (a long s and an s). */
  private static String folded(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static String clean(String raw) {
    String name = raw.substring(Math.max(raw.lastIndexOf('/'), raw.lastIndexOf('\\')) + 1);
    if (name.length() > MAX_RAW) { // its beginning, and its end for the extension
      int end = name.length() - MAX_RAW / 4;
      name = name.substring(0, MAX_RAW / 4 * 3) + name.substring(end);
    }
    StringBuilder kept = new StringBuilder();
    name.codePoints()
        .filter(SafeName::isSafe)
        .map(point -> "<>:\"|?*".indexOf(point) >= 0 ? '_' : point)
        .forEach(kept::appendCodePoint);
    // Last, as what was left out may have stood between a letter and its mark.
    String trimmed = trim(Normalizer.normalize(kept, Normalizer.Form.NFC));
    if (RESERVED.matcher(trimmed).matches()) {
      trimmed = "_" + trimmed;
    }
    return withSuffix(trimmed, "");
  }

  /** Leading dots hide a file, trailing ones and blanks vanish on some systems. */
  private static String trim(String name) {
    int begin = 0;
    int end = name.length();
    while (begin < end && isDotOrBlank(name.charAt(begin))) {
      begin++;
    }
    while (end > begin && isDotOrBlank(name.charAt(end - 1))) {
      end--;
    }
    return name.substring(begin, end);
  }

  private static boolean isDotOrBlank(char c) {
    return c == '.' || Character.isSpaceChar(c);
  }

  /** No controls, no format characters (which turn text around or hide it), no lone surrogates. */
  private static boolean isSafe(int point) {
    int type = Character.getType(point);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.UNASSIGNED;
  }

  /** Adds a suffix before the extension and shortens the stem until all fits. */
  private static String withSuffix(String name, String suffix) {
    int dot = name.lastIndexOf('.');
    boolean short_ = dot > 0 && name.length() - dot <= MAX_EXTENSION;
    String stem = short_ ? name.substring(0, dot) : name;
    String extension = short_ ? name.substring(dot) : "";
    int bytes = utf8(stem);
    int room = MAX_BYTES - utf8(suffix) - utf8(extension);
    int end = stem.length();
    while (bytes > room) {
      int last = stem.offsetByCodePoints(end, -1);
      bytes -= utf8(stem.substring(last, end));
      end = last;
    }
    return (end < stem.length() ? trim(stem.substring(0, end)) : stem) + suffix + extension;
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
