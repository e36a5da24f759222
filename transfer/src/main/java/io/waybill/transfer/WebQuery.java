package io.waybill.transfer;

/**
 * Paths of web addresses that have a query. In a path a {@code ?} is a character of a name like any
 * other; what stands before a query is a NUL, which no name has.
 */
public final class WebQuery {
  private static final char MARK = '\0';

  private WebQuery() {}

  /**
   * Gives a path a query.
   *
   * @param query as it stands in the address, percent-encoded, without the {@code ?}
   */
  public static String add(String path, String query) {
    return path + MARK + query;
  }

  /** Reads a path as it is written, where the first {@code ?} begins the query. */
  public static String parse(String written) {
    return written.replaceFirst("\\?", String.valueOf(MARK));
  }

  /** Says whether a path has a query. */
  public static boolean isIn(String path) {
    return path.indexOf(MARK) >= 0;
  }

  /** Returns a path without its query. */
  public static String without(String path) {
    int query = path.indexOf(MARK);
    return query < 0 ? path : path.substring(0, query);
  }

  /** Returns the query of a path as it stands in the address, without the {@code ?}. */
  public static String of(String path) {
    return path.substring(path.indexOf(MARK) + 1);
  }

  /** Returns a path as it may be shown: a query may be a signature, which is a secret. */
  public static String shown(String path) {
    return isIn(path) ? without(path) + "?***" : path;
  }
}
