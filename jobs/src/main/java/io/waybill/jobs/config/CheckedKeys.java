package io.waybill.jobs.config;

import java.util.Optional;
import java.util.function.Function;

/** Reads keys that may be absent, and remembers whether all that were there are right. */
final class CheckedKeys {
  private final Section section;
  private final Problems problems;
  private boolean isRight = true;

  CheckedKeys(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  Section section() {
    return section;
  }

  /** Returns whether what was read until now was right. */
  boolean isRight() {
    return isRight;
  }

  /** Reads a key; absent ones are right, and of wrong ones there is a problem. */
  <T> Optional<T> told(String key, Function<String, Optional<T>> reading) {
    if (!section.has(key)) {
      return Optional.empty();
    }
    Optional<T> value = reading.apply(key);
    isRight &= value.isPresent();
    return value;
  }

  /** Says what is wrong with the value of a key. */
  void wrong(String key, String why) {
    problems.error(section.valueOrigin(key), why);
    isRight = false;
  }
}
