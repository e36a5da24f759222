package io.waybill.jobs.cli;

/** The form of what goes to standard output. */
public enum OutputFormat {
  /** Text for a person. */
  HUMAN,
  /** One JSON document. */
  JSON,
  /** One JSON object a line. */
  NDJSON,
  /** What is wrong with files, in SARIF 2.1.0; only of verbs that look for it. */
  SARIF
}
