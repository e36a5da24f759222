package io.waybill.jobs;

import io.waybill.mail.MailException;
import io.waybill.scheduler.SchedulerException;
import io.waybill.transfer.TransferException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Optional;

/**
 * Says what stood in the way, where that is more than its class of failure tells. An attempt's row
 * keeps it, and the command line's exit code follows from it.
 */
public enum FailureCause {
  /** No connection, a lost one, or none that is protected as it should be. */
  CONNECTION,
  /** A login was refused. */
  AUTHENTICATION,
  /** What a step names is not there. */
  NOT_FOUND,
  /** The other side would not do it, for good. */
  REFUSED,
  /** A file of this machine does not hold what it has to, and trying again changes nothing. */
  INTEGRITY;

  /** Returns the cause of a failure; empty if it is none of these. */
  public static Optional<FailureCause> of(Throwable failure) {
    if (failure instanceof JobException.Unsuccessful) {
      return Optional.ofNullable(failure.getCause()).flatMap(FailureCause::of);
    }
    if (failure instanceof TransferException.Connection
        || failure instanceof TransferException.Protocol
        || failure instanceof MailException.ConnectFailed
        || failure instanceof MailException.ConnectionLost
        || failure instanceof MailException.TlsFailed
        || failure instanceof SchedulerException.StoreUnreachable) {
      return Optional.of(CONNECTION);
    }
    if (failure instanceof TransferException.Authentication
        || failure instanceof SchedulerException.StoreLoginRefused
        || (failure instanceof MailException.AuthenticationFailed login && !login.isTransient())) {
      return Optional.of(AUTHENTICATION);
    }
    if (failure instanceof JobException.NotFound
        || failure instanceof TransferException.NotFound
        || failure instanceof MailException.MailboxNotFound) {
      return Optional.of(NOT_FOUND);
    }
    if (failure instanceof JobException.WrongContent) {
      return Optional.of(INTEGRITY);
    }
    boolean isRefusal =
        failure instanceof MailException.Refused
            || (failure instanceof TransferException.Refused refused && !refused.isTransient());
    return isRefusal ? Optional.of(REFUSED) : ofDatabase(failure);
  }

  /**
   * Returns what stood in the way of a module that had a store open when its database went away.
   */
  private static Optional<FailureCause> ofDatabase(Throwable failure) {
    boolean isOfStore =
        failure instanceof SchedulerException.StoreFailed
            || failure instanceof SchedulerException.EngineFailed
            || failure instanceof MailException.StoreFailed;
    return isOfStore ? ofSql(failure) : Optional.empty();
  }

  /** Returns whether a failure, whoever met it, is that the database was not there. */
  public static boolean isDatabaseAway(Throwable failure) {
    return ofSql(failure).filter(cause -> cause == CONNECTION).isPresent();
  }

  private static Optional<FailureCause> ofSql(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        String state = sql.getSQLState() == null ? "" : sql.getSQLState();
        if (state.startsWith("28")) {
          return Optional.of(AUTHENTICATION);
        }
        // 08: no connection, or a lost one; 57P: the server ends or starts
        if (sql instanceof SQLTransientConnectionException
            || state.startsWith("08")
            || state.startsWith("57P")) {
          return Optional.of(CONNECTION);
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the cause as the store and the run's form write it: {@code not-found}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
