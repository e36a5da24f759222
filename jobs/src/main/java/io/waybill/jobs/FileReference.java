package io.waybill.jobs;

import io.waybill.transfer.SourceIdentity;
import java.util.Objects;
import java.util.Optional;

/**
 * Where files are that a step is about.
 *
 * @param location as the job file writes one
 * @param version which one of it is meant, as far as its size and time tell; empty for any
 */
public record FileReference(String location, Meaning meaning, Optional<SourceIdentity> version) {
  private static final String PATTERN = "*?[{";

  public FileReference {
    Objects.requireNonNull(location, "location");
    Objects.requireNonNull(meaning, "meaning");
    Objects.requireNonNull(version, "version");
  }

  /** Means any version. */
  public FileReference(String location, Meaning meaning) {
    this(location, meaning, Optional.empty());
  }

  /** What a location may be, where patterns are understood. */
  public enum Meaning {
    /** A name or a pattern. */
    AS_WRITTEN,
    /** The name of a file or a directory, whatever characters it has. */
    NAME,
    /** The name of one file, which an earlier step has found. */
    ONE_FILE
  }

  /**
   * Returns what only some text fits, to be a part of a pattern, in brackets and braces of it, too:
   * a NUL takes its meaning away from the character behind it.
   */
  public static String literal(String text) {
    return text.replaceAll("[*?\\[\\]{},!^\\x00-]", "\0$0");
  }

  /** Returns whether text that stands in a location makes it a pattern. */
  public static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> PATTERN.indexOf(c) >= 0);
  }
}
