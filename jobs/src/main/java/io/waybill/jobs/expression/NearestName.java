package io.waybill.jobs.expression;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * Returns the known name with the fewest typing mistakes between it and the given one (insert,
   * delete, replace, swap of neighbours); empty if even the nearest is too far away to be meant. Of
   * equally near ones the first is taken.
   */
  public static Optional<String> of(String given, Collection<String> known) {
    String word = given.toLowerCase(Locale.ROOT);
    String best = null;
    int bestDistance = mistakesAllowed(word.length()) + 1;
    for (String candidate : known) {
      // an insert or a delete for each character too many: too far, and perhaps far too long
      if (Math.abs(candidate.length() - word.length()) >= bestDistance) {
        continue;
      }
      int distance = distance(word, candidate.toLowerCase(Locale.ROOT));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  private static int mistakesAllowed(int length) {
    if (length <= 2) {
      return 0;
    }
    return length <= 4 ? 1 : length <= 8 ? 2 : 3;
  }

  // Optimal string alignment: Levenshtein's table with one more move, the swap of two neighbours.
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
