package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.SQLException;
import java.util.Locale;

/** What databases say when a store cannot be opened, in words that tell a person what to do. */
final class StoreTrouble {
  private static final int H2_NOT_FOUND = 90146;
  private static final int H2_CORRUPTED = 90030;
  private static final int H2_FOREIGN_FORMAT = 90048;
  private static final int H2_ALREADY_OPEN = 90020;
  private static final int WRONG_LOGIN = 28_000;

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
    return Transactions.failure("connecting to " + settings, e);
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
