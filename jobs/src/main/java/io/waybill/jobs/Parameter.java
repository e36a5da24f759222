package io.waybill.jobs;

import java.util.Objects;
import java.util.Optional;

/**
 * A parameter of a job: {@code -p NAME=VALUE} sets it for one run, {@code ${params.NAME}} reads it.
 *
 * @param name unique in its job
 * @param type of its value
 * @param fallback used when a run sets none: text, {@link Long}, {@link java.time.LocalDate} or a
 *     {@link Template}; empty means that every run must set it
 */
public record Parameter(String name, Type type, Optional<Object> fallback) {

  /** What a parameter can hold. */
  public enum Type {
    TEXT,
    INTEGER,
    /** {@code 2026-01-31}. */
    DATE
  }

  public Parameter {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(fallback, "fallback");
  }
}
