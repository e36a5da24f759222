package io.waybill.transfer.sync;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which paths of the source are one on a disk that does not tell upper from lower case, or composed
 * from decomposed accents. Holds 8 bytes a path, and the few that matter.
 */
final class AlikeNames {
  private final List<ListedEntry> entries;
  private final long[] hashes;

  AlikeNames(List<ListedEntry> entries) {
    this.entries = entries;
    this.hashes = entries.stream().mapToLong(each -> hash(folded(each.path()))).sorted().toArray();
  }

  /** Returns the paths of the source that are like an earlier one, with that one. */
  Map<String, String> amongThemselves() {
    Set<Long> twice = new HashSet<>();
    for (int i = 1; i < hashes.length; i++) {
      if (hashes[i] == hashes[i - 1]) {
        twice.add(hashes[i]);
      }
    }
    Map<String, String> firsts = new HashMap<>();
    Map<String, String> alike = new LinkedHashMap<>();
    if (twice.isEmpty()) {
      return alike;
    }
    for (ListedEntry each : entries) {
      String folded = folded(each.path());
      if (twice.contains(hash(folded))) {
        String first = firsts.putIfAbsent(folded, each.path());
        // what is below two such directories would only say the same again
        if (first != null && PathOrder.parent(first).equals(PathOrder.parent(each.path()))) {
          alike.put(each.path(), first);
        }
      }
    }
    return alike;
  }

  /** Says whether some path of the source is like this one. */
  boolean hasLike(String path) {
    return Arrays.binarySearch(hashes, hash(folded(path))) >= 0;
  }

  /** Returns for each of these paths the one of the source that is like it, as far as any is. */
  Map<String, String> like(Collection<String> paths) {
    Map<String, String> wanted = new HashMap<>();
    if (!paths.isEmpty()) {
      paths.forEach(each -> wanted.put(folded(each), ""));
      entries.forEach(each -> wanted.replace(folded(each.path()), each.path()));
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (String each : paths) {
      String like = wanted.getOrDefault(folded(each), "");
      if (!like.isEmpty()) {
        found.put(each, like);
      }
    }
    return found;
  }

  // upper case first: the long s and the sharp s have no other way to their like
  private static String folded(String path) {
    String composed =
        Normalizer.isNormalized(path, Normalizer.Form.NFC)
            ? path
            : Normalizer.normalize(path, Normalizer.Form.NFC);
    return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  // String's own 32 bits meet by chance within 80,000 paths; 64 do not within any tree
  private static long hash(String text) {
    long hash = 0xCBF29CE484222325L; // FNV-1a, by characters
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return hash;
  }
}
