package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Knows the H2 releases that a store must not be kept in: an application brings its own H2.
 *
 * <p>H2 2.5 up to 2.5.252 writes its file header, when a chunk goes into reused space, with the
 * chunk before the new one as the newest. After a kill it opens at that older chunk, and up to some
 * twenty acknowledged commits are gone without an error.
 */
final class H2Versions {
  private static final Pattern LOSSY_LINE = Pattern.compile("2\\.5\\.(\\d{1,9})\\b.*");
  private static final int LAST_KNOWN_LOSSY = 252;

  private H2Versions() {}

  /**
   * Checks the version of an H2 database.
   *
   * @throws SchedulerException.StoreFailed if it is one that loses acknowledged commits
   */
  static void refuseLossy(DataSource h2) {
    String version;
    try (Connection connection = h2.getConnection()) {
      version = connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw Transactions.failure("asking H2 for its version", e);
    }
    if (isLossy(version)) {
      throw new SchedulerException.StoreFailed(
          "H2 "
              + version
              + " loses acknowledged writes when its process is killed; put 2.4.240 on the class"
              + " path",
          false,
          null);
    }
  }

  static boolean isLossy(String version) {
    Matcher matcher = LOSSY_LINE.matcher(version);
    return matcher.matches() && Integer.parseInt(matcher.group(1)) <= LAST_KNOWN_LOSSY;
  }
}
