package io.waybill.jobs.config;

import io.waybill.jobs.TextMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** Reads which texts are meant: patterns, or a regular expression. */
final class MatchReader {
  private final CheckedKeys keys;

  MatchReader(CheckedKeys keys) {
    this.keys = keys;
  }

  /** Reads a key; empty if it is absent or wrong. */
  Optional<TextMatch> read(String key) {
    return keys.told(key, keys.section()::value).flatMap(value -> match(key, value));
  }

  private Optional<TextMatch> match(String key, Object value) {
    if (value instanceof Map<?, ?> group) {
      String expression = String.valueOf(group.get("regex"));
      try {
        return Optional.of(new TextMatch.Regex(expression));
      } catch (PatternSyntaxException e) {
        keys.wrong(
            key,
            "\"%s\" is not a regular expression: %s: %s"
                .formatted(key, e.getDescription(), expression));
        return Optional.empty();
      }
    }
    List<String> patterns = new ArrayList<>();
    for (Object each : (List<?>) value) {
      patterns.add((String) each);
    }
    if (patterns.isEmpty()) {
      keys.wrong(key, "\"%s\" is an empty list: nothing would fit".formatted(key));
      return Optional.empty();
    }
    return Optional.of(new TextMatch.Patterns(patterns));
  }
}
