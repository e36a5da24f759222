package io.waybill.scheduler.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Says where the store is and how to log in; the password is asked for at each connect. */
public final class StoreSettings {
  private static final int DEFAULT_POOL_SIZE = 12;
  private static final int SMALL_POOL_SIZE = 2;
  // H2 keeps 8 statements of a connection parsed unless told otherwise; a firing has some 50
  private static final String CACHE = ";QUERY_CACHE_SIZE=64";
  private static final String H2_USER = "waybill";

  private final String url;
  private final Optional<Path> file;
  private final Optional<Path> lookedInto;
  private final String user;
  private final Supplier<String> password;
  private final int poolSize;

  private StoreSettings(
      String url,
      Optional<Path> file,
      Optional<Path> lookedInto,
      String user,
      Supplier<String> password,
      int poolSize) {
    this.url = url;
    this.file = file;
    this.lookedInto = lookedInto;
    this.user = user;
    this.password = password;
    this.poolSize = poolSize;
  }

  /**
   * Returns settings for an embedded H2 database that one process owns at a time.
   *
   * @param file where it is, without the {@code .mv.db} that H2 appends
   * @throws IllegalArgumentException if the path holds a semicolon, which ends a path in H2's URLs
   */
  public static StoreSettings h2(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    if (absolute.toString().contains(";")) {
      throw new IllegalArgumentException(
          "H2 cannot keep a database in a path with a semicolon: " + absolute);
    }
    // retry: an interrupt closes a Java file channel, and with it the whole database; this file
    // system opens it again. Callers are kept from it by Uninterrupted; the pool's own threads,
    // which its close interrupts, are not.
    // WRITE_DELAY=0: without it kill -9 loses acknowledged commits.
    // DB_CLOSE_ON_EXIT=FALSE: H2's own shutdown hook would close under runs that still drain.
    String url = "jdbc:h2:retry:" + absolute + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE" + CACHE;
    return new StoreSettings(
        url, Optional.of(absolute), Optional.empty(), H2_USER, () -> "", DEFAULT_POOL_SIZE);
  }

  /**
   * Returns settings for looking into a file of H2's, such as a backup, which is not changed; any
   * number of processes can do so, but not beside an owner.
   *
   * @param file whose name ends in {@code .mv.db}
   * @throws IllegalArgumentException if it has another end, or the path holds a semicolon
   */
  public static StoreSettings readOnly(Path file) {
    Path named = new BackupTarget.OneFile(file, false).file();
    String url = "jdbc:h2:" + StoreFiles.storeOf(named) + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r";
    return new StoreSettings(
        url, Optional.empty(), Optional.of(named), H2_USER, () -> "", SMALL_POOL_SIZE);
  }

  /** Opens a database of H2's as a store's user, beside any pool. */
  static Connection connectH2(String url) throws SQLException {
    return new LoginDataSource(url, H2_USER, () -> "").getConnection();
  }

  /**
   * Returns settings for a database server.
   *
   * @param url a JDBC URL without user and password
   * @param password asked for whenever a connection is made
   * @throws IllegalArgumentException if the URL is not a JDBC URL or carries a password
   */
  public static StoreSettings jdbc(String url, String user, Supplier<String> password) {
    if (!url.startsWith("jdbc:")) {
      throw new IllegalArgumentException("a store's URL starts with jdbc:");
    }
    if (url.toLowerCase(Locale.ROOT).contains("password=")) {
      throw new IllegalArgumentException(
          "the store's URL carries a password; give it as a secret of its own instead");
    }
    return new StoreSettings(
        url, Optional.empty(), Optional.empty(), user, password, DEFAULT_POOL_SIZE);
  }

  /**
   * Returns the same settings with another size of the connection pool (default 12: eight firing
   * threads and some more).
   *
   * @throws IllegalArgumentException if below 2
   */
  public StoreSettings withPoolSize(int connections) {
    if (connections < 2) {
      throw new IllegalArgumentException("the pool has at least 2 connections");
    }
    return new StoreSettings(url, file, lookedInto, user, password, connections);
  }

  String url() {
    return url;
  }

  /** Returns whether only the process that opens it has it. */
  boolean isExclusive() {
    return file.isPresent();
  }

  Optional<Path> file() {
    return file;
  }

  /** Returns the file of H2's that is only looked into. */
  Optional<Path> lookedInto() {
    return lookedInto;
  }

  String user() {
    return user;
  }

  Supplier<String> password() {
    return password;
  }

  int poolSize() {
    return poolSize;
  }

  /** Returns where the store is, for messages: the file, or the URL without its parameters. */
  @Override
  public String toString() {
    return file.or(() -> lookedInto).map(Path::toString).orElseGet(() -> url.split("[?;]", 2)[0]);
  }
}
