package io.waybill.jobs.archive;

import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.UnsafePathException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The names of one archive, as they come: each is one that stays below a directory, and no two are
 * one file, not even where upper and lower case, or ways to write an accent, are the same.
 */
final class EntryNames {
  private final int mostBytes;
  private final Map<String, Known> known = new HashMap<>();

  /**
   * What a name is used for.
   *
   * @param spelled how it was written
   */
  private record Known(String spelled, boolean isDirectory) {}

  EntryNames(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Checks a name.
   *
   * @param raw as the archive has it
   * @return the name without what leads nowhere; empty for the archive's own top directory
   * @throws ArchiveRefusedException if it is none
   */
  Optional<String> take(String raw, boolean isDirectory) throws ArchiveRefusedException {
    String name = raw;
    while (name.startsWith("./")) { // as tar has it
      name = name.substring(2);
    }
    if (isDirectory && name.length() > 1 && name.endsWith("/")) {
      name = name.substring(0, name.length() - 1);
    }
    if (isDirectory && (name.isEmpty() || name.equals("."))) {
      return Optional.empty();
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
      throw new ArchiveRefusedException(
          "it has a name of more than %d bytes, %s...; raise \"limits.name-length\" if that is right"
              .formatted(mostBytes, shown(name.substring(0, Math.min(40, name.length())))));
    }
    List<String> segments;
    try {
      segments = SafePath.segments(name);
    } catch (UnsafePathException e) {
      throw new ArchiveRefusedException(
          "it has the name \"%s\", which is not unpacked: %s"
              .formatted(shown(raw), shown(String.valueOf(e.getMessage()))));
    }
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < segments.size(); i++) {
      path.append(i == 0 ? "" : "/").append(segments.get(i));
      boolean isLast = i == segments.size() - 1;
      add(path.toString(), isDirectory || !isLast, isLast && !isDirectory);
    }
    return Optional.of(name);
  }

  private void add(String path, boolean isDirectory, boolean isNew) throws ArchiveRefusedException {
    Known earlier = known.putIfAbsent(folded(path), new Known(path, isDirectory));
    if (earlier == null) {
      return;
    }
    if (!earlier.spelled().equals(path)) {
      throw new ArchiveRefusedException(
          "it has both \"%s\" and \"%s\", which are one name on some systems"
              .formatted(shown(earlier.spelled()), shown(path)));
    }
    if (isNew || earlier.isDirectory() != isDirectory) {
      throw new ArchiveRefusedException("it has \"%s\" twice".formatted(shown(path)));
    }
  }

  private static String folded(String path) {
    return Normalizer.normalize(path, Normalizer.Form.NFC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT);
  }

  /** Makes a name from elsewhere fit for a message. */
  static String shown(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
