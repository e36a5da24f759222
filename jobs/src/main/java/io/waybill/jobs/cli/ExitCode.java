package io.waybill.jobs.cli;

import java.util.Locale;

/**
 * What the process says at its end. The numbers are part of the interface and never change their
 * meaning.
 */
public enum ExitCode {
  OK(0),
  OTHER(1),
  /** Usage or configuration. */
  USAGE(2),
  SOURCE_NOT_FOUND(3),
  /** Connection or TLS. */
  CONNECTION(4),
  AUTHENTICATION(5),
  /** A transient failure, and the retries are spent. */
  RETRIES_SPENT(6),
  INTEGRITY(7),
  /** Some of it was done. */
  PARTIAL(8),
  TIMEOUT(10),
  /** The destination's policy refused. */
  REFUSED(11),
  ALREADY_RUNNING(12),
  /** Nobody knows whether it happened, a message's acceptance mostly. */
  UNKNOWN(13),
  INTERRUPTED(130),
  TERMINATED(143);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** Returns what an error's {@code kind} calls it in JSON: {@code source-not-found}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
