package io.waybill.jobs.config;

import java.util.Set;

/**
 * Words of the language that this version does not have yet. Who writes one has read the right page
 * and made no typing mistake, and is told so.
 */
record LaterKeys(Set<String> words) {
  private static final LaterKeys NONE = new LaterKeys(Set.of());

  static final LaterKeys TRIGGER = of("webhook");
  static final LaterKeys DAEMON = of("serve");
  static final LaterKeys CONNECTION = of("rate");

  /** Of the mappings inside of a step's arguments. */
  static final LaterKeys NESTED = of("regex");

  LaterKeys {
    words = Set.copyOf(words);
  }

  static LaterKeys none() {
    return NONE;
  }

  boolean contains(String word) {
    return words.contains(word);
  }

  private static LaterKeys of(String... words) {
    return new LaterKeys(Set.of(words));
  }
}
