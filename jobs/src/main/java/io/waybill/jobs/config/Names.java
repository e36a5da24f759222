package io.waybill.jobs.config;

import io.waybill.jobs.ValueType;
import java.util.List;
import java.util.regex.Pattern;

/** The rules for names that a file gives to things. */
final class Names {
  /** Names that expressions can reach: no dots. */
  static final Rule PLAIN =
      new Rule(
          Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}"),
          "letters, digits, \"-\" and \"_\", at most 100 of them");

  /** Names of jobs, as {@code JobDefinition} takes them. */
  static final Rule JOB =
      new Rule(
          Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
          "letters, digits, \"-\", \"_\" and \".\", at most 100 of them");

  /** Names that stand before a colon. */
  static final Rule CONNECTION =
      new Rule(
          Pattern.compile("[A-Za-z][A-Za-z0-9_-]{1,99}"),
          "a letter and then letters, digits, \"-\" and \"_\", 2 to 100 in all");

  private Names() {}

  /**
   * A rule.
   *
   * @param inWords to continue "is called by"
   */
  record Rule(Pattern pattern, String inWords) {}

  /** Checks a name; a wrong one is reported. */
  static boolean check(YamlNode.Entry entry, Rule rule, String what, Problems problems) {
    return check(entry.name(), entry.key().origin(), rule, what, problems);
  }

  static boolean check(String name, Origin where, Rule rule, String what, Problems problems) {
    if (rule.pattern().matcher(name).matches()) {
      return true;
    }
    problems.error(where, what + " cannot be called \"" + name + "\"; use " + rule.inWords());
    return false;
  }

  /** Returns the entries of the mapping behind a key; none if it is absent or no mapping. */
  static List<YamlNode.Entry> entries(Section section, String key, Section.Readers readers) {
    return section
        .node(key)
        .flatMap(
            node -> readers.values().mapping(node, new ValueType.MapOf(ValueType.Scalar.TEXT), key))
        .map(YamlNode.Mapping::entries)
        .orElse(List.of());
  }
}
