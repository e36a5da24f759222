package io.waybill.mail.mime;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes file names out of what senders claim: usable on every system, unique without regard to
 * case.
 */
final class SafeName {
  private static final int MAX_BYTES = 200;
  private static final int MAX_EXTENSION = 20;
  private static final Pattern RESERVED =
      Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

  private final Set<String> taken = new HashSet<>();

  /** Returns a safe name; {@code fallback} is used when nothing of the raw one can be. */
  String make(String raw, String fallback) {
    String safe = clean(raw);
    if (safe.isEmpty()) {
      safe = fallback;
    }
    String unique = safe;
    for (int n = 2; !taken.add(unique.toLowerCase(Locale.ROOT)); n++) {
      unique = withSuffix(safe, "-" + n);
    }
    return unique;
  }

  private static String clean(String raw) {
    String name = raw.substring(Math.max(raw.lastIndexOf('/'), raw.lastIndexOf('\\')) + 1);
    StringBuilder kept = new StringBuilder();
    Normalizer.normalize(name, Normalizer.Form.NFC)
        .codePoints()
        .filter(SafeName::isSafe)
        .map(point -> "<>:\"|?*".indexOf(point) >= 0 ? '_' : point)
        .forEach(kept::appendCodePoint);
    // Leading dots hide a file, trailing ones and blanks vanish on some systems.
    String trimmed = kept.toString().replaceAll("^[.\\s]+|[.\\s]+$", "");
    if (RESERVED.matcher(trimmed).matches()) {
      trimmed = "_" + trimmed;
    }
    return withSuffix(trimmed, "");
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
    int room = MAX_BYTES - utf8(suffix) - utf8(extension);
    while (utf8(stem) > room) {
      stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
    }
    return stem + suffix + extension;
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
