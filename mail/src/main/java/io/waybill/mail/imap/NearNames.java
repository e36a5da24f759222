package io.waybill.mail.imap;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names that somebody who mistyped one may have meant. */
final class NearNames {
  private static final int MOST = 3;

  private NearNames() {}

  static List<String> of(String wanted, List<String> existing) {
    String lower = wanted.toLowerCase(Locale.ROOT);
    int tolerance = Math.max(2, wanted.length() / 3);
    return existing.stream()
        .filter(name -> distance(lower, name.toLowerCase(Locale.ROOT)) <= tolerance)
        .sorted(
            Comparator.comparingInt(
                (String name) -> distance(lower, name.toLowerCase(Locale.ROOT))))
        .limit(MOST)
        .toList();
  }

  /**
   * Counts the characters to insert, delete or replace (Levenshtein); 0 when one contains the
   * other.
   */
  private static int distance(String a, String b) {
    if (!a.isEmpty() && (b.endsWith("/" + a) || b.endsWith("." + a))) {
      return 0;
    }
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
