package io.waybill.jobs;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Which texts are meant: names of files, subjects, senders. */
public sealed interface TextMatch {

  /**
   * Shell patterns, one of which must fit the whole text: {@code *}, {@code ?}, {@code [a-z]}.
   *
   * @param patterns at least one
   */
  record Patterns(List<String> patterns) implements TextMatch {
    public Patterns {
      patterns = List.copyOf(patterns);
      if (patterns.isEmpty()) {
        throw new IllegalArgumentException("no pattern");
      }
    }
  }

  /** A regular expression that is found somewhere in the text. */
  record Regex(String expression) implements TextMatch {
    /**
     * Checks the expression.
     *
     * @throws java.util.regex.PatternSyntaxException if it is none
     */
    public Regex {
      Objects.requireNonNull(expression, "expression");
      Pattern unused = Pattern.compile(expression);
    }
  }
}
