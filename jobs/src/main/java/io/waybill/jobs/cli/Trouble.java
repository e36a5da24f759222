package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.mail.MailException;
import io.waybill.scheduler.SchedulerException;
import io.waybill.transfer.TransferException;
import java.io.PrintStream;
import java.util.Map;

/** The one place where failures become exit codes and lines for a person. */
final class Trouble {
  private Trouble() {}

  /** Prints a failure and returns what the process ends with. */
  static ExitCode report(Throwable failure, PrintStream err, boolean isDebug) {
    if (failure instanceof InvalidJobFile invalid) {
      err.print(invalid.render());
    } else {
      err.println("waybill: " + describe(failure));
    }
    if (isDebug) {
      failure.printStackTrace(err);
    }
    return codeOf(failure);
  }

  private static String describe(Throwable failure) {
    boolean ours =
        failure instanceof JobException
            || failure instanceof SchedulerException
            || failure instanceof TransferException
            || failure instanceof MailException;
    return ours && failure.getMessage() != null
        ? failure.getMessage()
        : failure + " (this is a mistake in waybill; --debug shows where)";
  }

  static ExitCode codeOf(Throwable failure) {
    if (failure instanceof InvalidJobFile || failure instanceof JobException.Configuration) {
      return ExitCode.USAGE;
    }
    if (failure instanceof JobException.NotFound || failure instanceof TransferException.NotFound) {
      return ExitCode.SOURCE_NOT_FOUND;
    }
    if (failure instanceof JobException.AlreadyRunning
        || failure instanceof SchedulerException.StoreOwned) {
      return ExitCode.ALREADY_RUNNING;
    }
    if (failure instanceof TransferException.Authentication
        || failure instanceof MailException.AuthenticationFailed) {
      return ExitCode.AUTHENTICATION;
    }
    if (failure instanceof InterruptedException) {
      return ExitCode.INTERRUPTED;
    }
    return ExitCode.OTHER;
  }

  /** Returns the exit code of a run by its form. */
  static ExitCode codeOf(Map<String, Object> run) {
    return switch (String.valueOf(run.get("state"))) {
      case "succeeded" -> ExitCode.OK;
      case "partial" -> ExitCode.PARTIAL;
      case "timed-out" -> ExitCode.TIMEOUT;
      case "unknown" -> ExitCode.UNKNOWN;
      case "cancelled" -> ExitCode.INTERRUPTED;
      case "failed" -> codeOfFailure(String.valueOf(run.get("failure")));
      default -> ExitCode.OTHER;
    };
  }

  private static ExitCode codeOfFailure(String failureClass) {
    return switch (failureClass) {
      case "transient" -> ExitCode.RETRIES_SPENT;
      case "integrity" -> ExitCode.INTEGRITY;
      case "ambiguous" -> ExitCode.UNKNOWN;
      case "configuration" -> ExitCode.USAGE;
      default -> ExitCode.OTHER;
    };
  }
}
