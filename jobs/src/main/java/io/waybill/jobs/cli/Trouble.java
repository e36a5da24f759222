package io.waybill.jobs.cli;

import io.waybill.jobs.FailureCause;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.log.SecretMask;
import io.waybill.mail.MailException;
import io.waybill.scheduler.SchedulerException;
import io.waybill.transfer.TransferException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The one place where failures become exit codes and lines for a person. */
final class Trouble {
  private Trouble() {}

  /** Prints a failure and returns what the process ends with. */
  static ExitCode report(Throwable failure, PrintStream err, boolean isDebug) {
    if (failure instanceof InvalidJobFile invalid) {
      err.println(invalid.render());
    } else {
      err.println("waybill: " + Output.printable(masked(describe(failure))));
    }
    if (failure instanceof SchedulerException.InvalidSchedule invalid) {
      err.println(caret(invalid.text(), invalid.offset()));
    }
    if (isDebug) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      err.print(SecretMask.ofThisProcess().mask(trace.toString()));
    }
    return codeOf(failure);
  }

  /** Returns a text, and below it a mark under one of its characters. */
  static String caret(String text, int offset) {
    return "  " + Output.printable(text) + "\n  " + " ".repeat(offset) + "^";
  }

  /**
   * Returns a failure as a program reads it: {@code exit}, {@code kind} and {@code message}, and
   * the {@code offset} of the trouble in a schedule.
   */
  static Map<String, Object> form(Throwable failure) {
    Map<String, Object> form =
        form(
            codeOf(failure),
            failure instanceof InvalidJobFile invalid
                ? invalid.render()
                : masked(describe(failure)));
    if (failure instanceof SchedulerException.InvalidSchedule invalid) {
      form.put("offset", (long) invalid.offset());
    }
    return form;
  }

  static Map<String, Object> form(ExitCode code, String message) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("exit", (long) code.number());
    form.put("kind", code.word());
    form.put("message", message);
    return form;
  }

  private static String masked(String text) {
    return SecretMask.ofThisProcess().mask(Locations.masked(text));
  }

  private static String describe(Throwable failure) {
    boolean ours =
        failure instanceof JobException
            || failure instanceof SchedulerException
            || failure instanceof TransferException
            || failure instanceof MailException;
    return ours && failure.getMessage() != null
        ? Hints.with(failure.getMessage())
        : failure + " (this is a mistake in waybill; --debug shows where)";
  }

  static ExitCode codeOf(Throwable failure) {
    if (failure instanceof InvalidJobFile
        || failure instanceof JobException.Configuration
        || failure instanceof SchedulerException.InvalidSchedule
        || failure instanceof SchedulerException.StoreRefused
        || failure instanceof MailException.StoreTooNew
        || failure instanceof MailException.InvalidMessage
        || failure instanceof MailException.OutboxConflict) {
      return ExitCode.USAGE;
    }
    if (failure instanceof JobException.AlreadyRunning
        || failure instanceof SchedulerException.StoreOwned
        || failure instanceof SchedulerException.NodeTaken) {
      return ExitCode.ALREADY_RUNNING;
    }
    if (failure instanceof SchedulerException.StoreDamaged) {
      return ExitCode.INTEGRITY;
    }
    if (failure instanceof InterruptedException) {
      return ExitCode.INTERRUPTED;
    }
    if (failure instanceof JobException.Partial) {
      return ExitCode.PARTIAL;
    }
    if (failure instanceof JobException.Cancelled) {
      return ExitCode.INTERRUPTED;
    }
    if (failure instanceof JobException.TimedOut
        || failure instanceof TransferException.Timeout
        || failure instanceof MailException.TimedOut) {
      return ExitCode.TIMEOUT;
    }
    return FailureCause.of(failure)
        .map(cause -> codeOf(cause.word()))
        .orElseGet(
            () ->
                failure instanceof TransferException transfer
                    ? codeOfFailure(transfer.failure().name().toLowerCase(Locale.ROOT))
                    : failure instanceof MailException mail && mail.isTransient()
                        ? ExitCode.RETRIES_SPENT
                        : ExitCode.OTHER);
  }

  /** Returns the exit code of a run by its form. */
  static ExitCode codeOf(Map<String, Object> run) {
    return switch (String.valueOf(run.get("state"))) {
      case "succeeded" -> ExitCode.OK;
      case "partial" -> ExitCode.PARTIAL;
      case "timed-out" -> ExitCode.TIMEOUT;
      case "unknown" -> ExitCode.UNKNOWN;
      case "cancelled" -> ExitCode.INTERRUPTED;
      case "skipped" -> ExitCode.ALREADY_RUNNING; // its job's own run stood in the way
      case "failed" ->
          causeOf(run)
              .map(Trouble::codeOf)
              .orElseGet(() -> codeOfFailure(String.valueOf(run.get("failure"))));
      default -> ExitCode.OTHER;
    };
  }

  // What failed first is what failed: hooks come later. Its last attempt is the one that counted.
  private static Optional<String> causeOf(Map<String, Object> run) {
    return Plain.maps(run, "steps").stream()
        .filter(step -> "failed".equals(step.get("state")))
        .findFirst()
        .map(step -> Plain.maps(step, "attempts"))
        .filter(attempts -> !attempts.isEmpty())
        .map(attempts -> attempts.get(attempts.size() - 1))
        .filter(attempt -> attempt.containsKey("cause"))
        .map(attempt -> Plain.text(attempt, "cause"));
  }

  /** Returns what the word of a cause ends a process with. */
  static ExitCode codeOf(String cause) {
    return switch (cause) {
      case "connection" -> ExitCode.CONNECTION;
      case "authentication" -> ExitCode.AUTHENTICATION;
      case "not-found" -> ExitCode.SOURCE_NOT_FOUND;
      case "refused" -> ExitCode.REFUSED;
      case "integrity" -> ExitCode.INTEGRITY;
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
