package io.waybill.transfer.file;

import java.util.ArrayList;
import java.util.List;

/**
 * Which paths of a tree count. A path that an exclude pattern matches does not, nor does anything
 * below a directory that one matches; of the rest, all files count if there is no include pattern,
 * else those that one matches. Excludes always win, their order does not matter.
 *
 * <p>A pattern without {@code /} is compared with the last segment ({@code *.tmp}), any other with
 * the whole path from the root ({@code logs/*.gz}; a leading {@code /} is allowed). {@code *} and
 * {@code ?} stay within a segment, <code>**</code> does not, {@code [a-z]} and {@code [!a]} are one
 * character, <code>*.{csv,xml}</code> is one of several. <code>logs/**</code> is everything below
 * {@code logs}. Dots are like other characters, and so is what stands behind a NUL.
 */
public final class PathFilter {
  private static final PathFilter ALL = new PathFilter(List.of(), List.of());

  private final List<Glob> includes;
  private final List<Glob> excludes;

  private record Glob(NamePattern pattern, boolean whole, boolean everythingBelow) {
    boolean matches(String path) {
      String text = whole ? path : path.substring(path.lastIndexOf('/') + 1);
      return pattern.matches(text);
    }

    /** Says whether all that can be below a directory matches. */
    boolean coversBelow(String directory) {
      return everythingBelow && pattern.matches(directory + "/x");
    }
  }

  private PathFilter(List<Glob> includes, List<Glob> excludes) {
    this.includes = includes;
    this.excludes = excludes;
  }

  /** Returns the filter that lets everything pass. */
  public static PathFilter all() {
    return ALL;
  }

  /**
   * Makes a filter.
   *
   * @param includes none for everything
   * @throws IllegalArgumentException if a pattern is empty or not well formed
   */
  public static PathFilter of(List<String> includes, List<String> excludes) {
    // "x/" is the directory: what is in it counts, or it is not entered
    List<String> wanted =
        includes.stream().map(each -> each.endsWith("/") ? each + "**" : each).toList();
    return new PathFilter(globs(wanted), globs(excludes));
  }

  private static List<Glob> globs(List<String> patterns) {
    List<Glob> globs = new ArrayList<>();
    for (String each : patterns) {
      // "./x" and "/x" are of the root
      String text = each.replaceFirst("^(?:\\.?/+)+", "").replaceFirst("/+$", "");
      if (text.isEmpty()) {
        throw new IllegalArgumentException("A pattern is empty");
      }
      requireClosed(shown(each), text.replaceAll("(?s)\0.", "x"));
      try {
        globs.add(
            new Glob(
                NamePattern.of(text),
                each.replaceFirst("/+$", "").indexOf('/') >= 0,
                text.endsWith("/**")));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            shown("Not a pattern: '" + each + "': " + e.getMessage()), e);
      }
    }
    return List.copyOf(globs);
  }

  private static String shown(String pattern) {
    return pattern.replace("\0", "");
  }

  // one that can match nothing keeps out nothing, and what was to stay is deleted
  private static void requireClosed(String written, String text) {
    int open = text.indexOf('[');
    while (open >= 0) {
      int close = text.indexOf(']', open + 2);
      if (close < 0) {
        throw new IllegalArgumentException(
            "Not a pattern: '%s' has a '[' without its ']'; write [[] for one of a name"
                .formatted(written));
      }
      open = text.indexOf('[', close);
    }
    String plain = text.replaceAll("\\[.[^\\]]*\\]", "");
    if (plain.chars().filter(c -> c == '{').count() > plain.chars().filter(c -> c == '}').count()) {
      throw new IllegalArgumentException(
          "Not a pattern: '%s' has a '{' without its '}'; write [{] for one of a name"
              .formatted(written));
    }
    for (String segment : text.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "A pattern that matches nothing: '%s' has an empty segment, '.' or '..'"
                .formatted(written));
      }
    }
  }

  /** Says whether a file counts; its parents must have been entered. */
  public boolean takesFile(String path) {
    return excludes.stream().noneMatch(each -> each.matches(path))
        && (includes.isEmpty() || includes.stream().anyMatch(each -> each.matches(path)));
  }

  /** Says whether a directory is entered: no include pattern keeps one out. */
  public boolean enters(String directory) {
    return excludes.stream()
        .noneMatch(each -> each.matches(directory) || each.coversBelow(directory));
  }
}
