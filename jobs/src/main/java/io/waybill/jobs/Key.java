package io.waybill.jobs;

import java.util.Objects;
import java.util.Optional;

/**
 * One key of the job file, as the registry knows it. The loader, the schema, the reference page and
 * {@code waybill explain} are made from it. Immutable.
 */
public final class Key {
  private final String name;
  private final ValueType type;
  private final Presence presence;
  private final Optional<String> fallback;
  private final String doc;
  private final Optional<String> example;

  /** Whether a key must be there, and what may stand in it. */
  public enum Presence {
    REQUIRED,
    OPTIONAL,
    /** Optional, and nothing but {@code ${secrets.NAME}} is legal. */
    SECRET,
    /** Optional, and {@code ${secrets.NAME}} is as legal as a text. */
    TEXT_OR_SECRET;

    /** Returns whether {@code ${secrets.NAME}} may stand there. */
    public boolean takesSecret() {
      return this == SECRET || this == TEXT_OR_SECRET;
    }
  }

  private Key(
      String name,
      ValueType type,
      Presence presence,
      Optional<String> fallback,
      String doc,
      Optional<String> example) {
    this.name = Objects.requireNonNull(name, "name");
    this.type = Objects.requireNonNull(type, "type");
    this.presence = presence;
    this.fallback = fallback;
    this.doc = Objects.requireNonNull(doc, "doc");
    this.example = example;
  }

  /**
   * Creates a key that must be there.
   *
   * @param name in kebab-case
   * @param type what it holds
   * @param doc one sentence for the reference page and {@code waybill explain}
   */
  public static Key required(String name, ValueType type, String doc) {
    return new Key(name, type, Presence.REQUIRED, Optional.empty(), doc, Optional.empty());
  }

  /** Creates a key whose absence has no value; otherwise as {@link #required}. */
  public static Key optional(String name, ValueType type, String doc) {
    return new Key(name, type, Presence.OPTIONAL, Optional.empty(), doc, Optional.empty());
  }

  /**
   * Creates a key with a default; otherwise as {@link #required}.
   *
   * @param fallback what an absent key means, in the file's own words
   */
  public static Key optional(String name, ValueType type, String fallback, String doc) {
    return new Key(name, type, Presence.OPTIONAL, Optional.of(fallback), doc, Optional.empty());
  }

  /** Creates a key that holds a reference to a secret and nothing else. */
  public static Key secret(String name, String doc) {
    return new Key(
        name, ValueType.Scalar.TEXT, Presence.SECRET, Optional.empty(), doc, Optional.empty());
  }

  /** Creates a key that holds a text, or a reference to a secret and nothing else. */
  public static Key textOrSecret(String name, String doc) {
    return new Key(
        name,
        ValueType.Scalar.TEXT,
        Presence.TEXT_OR_SECRET,
        Optional.empty(),
        doc,
        Optional.empty());
  }

  /** Creates a key that holds references to secrets, by names of the file's own. */
  public static Key secrets(String name, String doc) {
    return new Key(
        name,
        new ValueType.MapOf(ValueType.Scalar.TEXT),
        Presence.SECRET,
        Optional.empty(),
        doc,
        Optional.empty());
  }

  /**
   * Returns the same key with a value to show. Texts and numbers without a default need one; that
   * of other types can be told from the type.
   *
   * @param value as it stands behind the key in a file, quotes included
   */
  public Key withExample(String value) {
    return new Key(name, type, presence, fallback, doc, Optional.of(value));
  }

  /** Returns its name, in kebab-case. */
  public String name() {
    return name;
  }

  /** Returns what it holds. */
  public ValueType type() {
    return type;
  }

  /** Returns whether it must be there. */
  public Presence presence() {
    return presence;
  }

  /**
   * Returns what an absent key means, in the file's own words; empty where absence has no value.
   */
  public Optional<String> fallback() {
    return fallback;
  }

  /** Returns one sentence about it. */
  public String doc() {
    return doc;
  }

  /** Returns the value that was given to show. */
  public Optional<String> example() {
    return example;
  }

  @Override
  public String toString() {
    return name;
  }
}
