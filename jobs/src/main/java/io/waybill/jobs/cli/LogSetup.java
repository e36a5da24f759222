package io.waybill.jobs.cli;

import io.waybill.jobs.log.MaskedLog;

/** How much of the log one process shows. */
final class LogSetup {
  private LogSetup() {}

  /** A log level, by its name in logback. */
  enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** Sends the log to standard error, with every known secret masked. */
  static void apply(Level level) {
    MaskedLog.toStandardError(level.name());
  }

  /** Leaves out what a class says of troubles that its verb tells by itself. */
  static void onlyErrorsOf(Class<?> source) {
    MaskedLog.onlyErrorsOf(source);
  }
}
