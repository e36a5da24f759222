package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.transfer.file.PathFilter;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which files of a place a step takes, by their names: shell patterns as {@link PathFilter}
 * describes them, or a regular expression that is found in the last segment.
 */
final class FileMatch {
  private static final String KEY = "match";
  static final FileMatch ALL = new FileMatch(name -> true);

  private final Taking taking;

  @FunctionalInterface
  private interface Taking {
    boolean takes(String name) throws InterruptedException;
  }

  private FileMatch(Taking taking) {
    this.taking = taking;
  }

  /**
   * Reads the key {@code match}.
   *
   * @throws JobException.Configuration if a pattern is malformed
   */
  static FileMatch of(Arguments arguments) {
    StepParts parts = new StepParts();
    if (arguments.find(KEY).orElse("") instanceof Arguments group) {
      Part<FileMatch> regex = parts.part(KEY, () -> regex(group.text("regex")));
      return parts.together(regex::get);
    }
    Part<List<String>> globs =
        parts.each(KEY, () -> arguments.texts(KEY), text -> requireGlob(KEY, text));
    return parts.together(
        () ->
            globs.get().isEmpty()
                ? ALL
                : new FileMatch(PathFilter.of(globs.get(), List.of())::takesFile));
  }

  /**
   * Checks a pattern, and returns it.
   *
   * @param key behind which it stands, for the message
   * @throws JobException.Configuration if it is malformed
   */
  static String requireGlob(String key, String text) {
    try {
      PathFilter unused = PathFilter.of(List.of(text), List.of());
      return text;
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("\"%s\": %s".formatted(key, e.getMessage()), e);
    }
  }

  private static FileMatch regex(String text) {
    try {
      Pattern pattern = Pattern.compile(text);
      return new FileMatch(name -> EndableText.of(SidecarFinder.last(name)).has(pattern));
    } catch (PatternSyntaxException e) {
      String why =
          "\"match\" is not a regular expression: %s: %s".formatted(e.getDescription(), text);
      throw new JobException.Configuration(List.of(new ArgumentMistake(List.of("regex"), why)), e);
    }
  }

  boolean isAll() {
    return this == ALL;
  }

  /**
   * Says whether a file is taken.
   *
   * @param name relative to where it was looked for, with {@code /}
   * @throws InterruptedException if the attempt ends
   */
  boolean takes(String name) throws InterruptedException {
    return taking.takes(name);
  }
}
