package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;

/** What databases say when a store cannot be opened, in words that tell a person what to do. */
final class StoreTrouble {
  private static final int H2_NOT_FOUND = 90146;
  private static final int H2_CORRUPTED = 90030;
  private static final int H2_FOREIGN_FORMAT = 90048;
  private static final int H2_ALREADY_OPEN = 90020;
  private static final int WRONG_LOGIN = 28_000;
  private static final String NO_SUCH_DATABASE = "3D000";

  private StoreTrouble() {}

  static SchedulerException opening(StoreSettings settings, SQLException e) {
    boolean isOurFile = settings.file().isPresent() || settings.lookedInto().isPresent();
    if (isOurFile) {
      switch (e.getErrorCode()) {
        case H2_CORRUPTED, H2_FOREIGN_FORMAT -> {
          return new SchedulerException.StoreDamaged(
              "the store "
                  + settings
                  + " is no database of H2's, or a broken one ("
                  + firstLine(e)
                  + "); restore a backup, this file is kept aside then",
              e);
        }
        case WRONG_LOGIN -> {
          return new SchedulerException.StoreDamaged(
              "the store " + settings + " is a database of H2's, but not one of waybill's", e);
        }
        case H2_NOT_FOUND -> {
          return new SchedulerException.StoreRefused("there is no database " + settings, e);
        }
        case H2_ALREADY_OPEN -> {
          return new SchedulerException.StoreOwned(
              settings.toString(),
              "another process has the database " + settings + " open; wait for its end",
              e);
        }
        default -> {
          // said below
        }
      }
    }
    if (NO_SUCH_DATABASE.equals(e.getSQLState())) {
      return new SchedulerException.StoreRefused(
          "there is no database " + settings + "; create it, or correct its address", e);
    }
    if (isLoginRefused(e)) {
      return new SchedulerException.StoreLoginRefused(noConnection(settings, e), e);
    }
    return isConnectionLost(e)
        ? new SchedulerException.StoreUnreachable(noConnection(settings, e), e)
        : Transactions.failure("connecting to " + settings, e);
  }

  /** Says that a server gives no connection, and what to do about it. */
  static String noConnection(StoreSettings settings, SQLException e) {
    return isLoginRefused(e)
        ? "the database %s refused the login of \"%s\" (%s); correct the user or the password"
            .formatted(settings, settings.user(), firstLine(e))
        : unreachable(settings, reason(e));
  }

  static String unreachable(StoreSettings settings, String why) {
    return "the database %s cannot be reached: %s; see that it runs, and that its address and the way to it are right, then try again"
        .formatted(settings, why);
  }

  static String lost(StoreSettings settings, SQLException e) {
    return "the database %s has ended the connection: %s; see that it runs, then try again"
        .formatted(settings, reason(e));
  }

  // the driver names the platform's failure only as the cause, and gives advice of its own
  private static String reason(SQLException e) {
    Throwable cause = e.getCause();
    if (cause instanceof UnknownHostException) {
      return "no host is called " + cause.getMessage();
    }
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getMessage()
        : firstLine(e).replaceFirst("^FATAL: ", "");
  }

  // 28: the login; 08004: the server wants a password, and none was given
  private static boolean isLoginRefused(SQLException e) {
    return state(e).startsWith("28") || state(e).equals("08004");
  }

  /** Returns whether the database is away: no connection, a lost one, or it ends or starts. */
  static boolean isConnectionLost(SQLException e) {
    return state(e).startsWith("08") || state(e).startsWith("57P");
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  /** Returns what to do about a failure while a store is used; nothing if its words say it all. */
  static String advice(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (text.contains("no space left") || text.contains("not enough space")) {
        return "; the disk is full: make room and try again, nothing that was acknowledged is lost";
      }
    }
    return "";
  }

  /** Returns the part of a failure's words that is for people; what follows is statements. */
  static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
  }
}
