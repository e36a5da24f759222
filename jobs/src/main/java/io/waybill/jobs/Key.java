package io.waybill.jobs;

import java.util.Objects;
import java.util.Optional;

/**
 * One key of the job file, as the registry knows it.
 *
 * @param name in kebab-case
 * @param type what it holds
 * @param presence whether it must be there
 * @param fallback what an absent key means, in the file's own words; empty where absence has no
 *     value
 * @param doc one sentence for the reference page and {@code waybill explain}
 */
public record Key(
    String name, ValueType type, Presence presence, Optional<String> fallback, String doc) {

  /** Whether a key must be there, and what may stand in it. */
  public enum Presence {
    REQUIRED,
    OPTIONAL,
    /** Optional, and the only kind of key in which {@code ${secrets.NAME}} is legal. */
    SECRET
  }

  public Key {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(presence, "presence");
    Objects.requireNonNull(fallback, "fallback");
    Objects.requireNonNull(doc, "doc");
  }

  public static Key required(String name, ValueType type, String doc) {
    return new Key(name, type, Presence.REQUIRED, Optional.empty(), doc);
  }

  public static Key optional(String name, ValueType type, String doc) {
    return new Key(name, type, Presence.OPTIONAL, Optional.empty(), doc);
  }

  public static Key optional(String name, ValueType type, String fallback, String doc) {
    return new Key(name, type, Presence.OPTIONAL, Optional.of(fallback), doc);
  }

  public static Key secret(String name, String doc) {
    return new Key(name, ValueType.Scalar.TEXT, Presence.SECRET, Optional.empty(), doc);
  }
}
