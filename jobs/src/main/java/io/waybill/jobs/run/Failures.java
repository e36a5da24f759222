package io.waybill.jobs.run;

import io.waybill.jobs.JobException;
import io.waybill.jobs.log.SecretMask;
import io.waybill.mail.MailException;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.SchedulerException;
import io.waybill.transfer.TransferException;
import java.util.regex.Pattern;

/** The one place where the exceptions of the modules become failure classes. */
final class Failures {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private Failures() {}

  static FailureClass classify(Throwable failure) {
    if (failure instanceof JobException job) {
      return job.failureClass();
    }
    if (failure instanceof TransferException transfer) {
      return switch (transfer.failure()) {
        case TRANSIENT -> FailureClass.TRANSIENT;
        case PERMANENT -> FailureClass.PERMANENT;
        case INTEGRITY -> FailureClass.INTEGRITY;
        case AMBIGUOUS -> FailureClass.AMBIGUOUS;
        case CONFIGURATION -> FailureClass.CONFIGURATION;
      };
    }
    if (failure instanceof MailException mail) {
      if (mail.isAmbiguous()) {
        return FailureClass.AMBIGUOUS;
      }
      return mail.isTransient() ? FailureClass.TRANSIENT : FailureClass.PERMANENT;
    }
    if (failure instanceof SchedulerException scheduler && scheduler.isTransient()) {
      return FailureClass.TRANSIENT;
    }
    return FailureClass.PERMANENT;
  }

  /** Returns how an attempt that ended with a failure stands in the record. */
  static AttemptState state(Throwable failure, FailureClass failureClass) {
    if (failure instanceof JobException.Partial) {
      return AttemptState.PARTIAL;
    }
    return failureClass == FailureClass.AMBIGUOUS ? AttemptState.UNKNOWN : AttemptState.FAILED;
  }

  /**
   * Returns what a person reads in the record: what, where, why, what next. A file's name in it may
   * hold anything; what could steer a terminal or break a line of the log does not get through.
   */
  static String describe(Throwable failure) {
    boolean ours =
        failure instanceof JobException
            || failure instanceof TransferException
            || failure instanceof MailException
            || failure instanceof SchedulerException;
    String message = failure.getMessage();
    String text = ours && message != null ? message : failure.toString();
    return oneLine(text);
  }

  /** Returns a text as it may stand in a record, a log or on a terminal. */
  static String oneLine(String text) {
    // a server may answer with the very secret it was given
    String masked = SecretMask.ofThisProcess().mask(text);
    return CONTROL.matcher(masked).replaceAll("?");
  }
}
