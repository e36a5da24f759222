package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Outputs that a step's {@code extract} names. */
final class Extracted {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private Extracted() {}

  /** Returns a kind's own outputs and those that {@code extract} adds. */
  static Map<String, String> outputs(Map<String, String> own, Map<String, Object> arguments) {
    Map<String, String> all = new LinkedHashMap<>(own);
    if (arguments.get("extract") instanceof Map<?, ?> extract) {
      extract.keySet().forEach(name -> all.putIfAbsent(name.toString(), "what was extracted"));
    }
    return all;
  }

  /**
   * Checks a name.
   *
   * @throws JobException.Configuration if expressions cannot name it, or the step has such an
   *     output
   */
  static void requireFree(String name, Map<String, String> own) {
    if (!NAME.matcher(name).matches()) {
      throw new JobException.Configuration(
          "\"extract\" has \"%s\", which no expression can name; take letters, digits, - and _"
              .formatted(name));
    }
    if (own.containsKey(name)) {
      throw new JobException.Configuration(
          "\"extract\" has \"%s\", which is an output of its own; take another name"
              .formatted(name));
    }
  }
}
