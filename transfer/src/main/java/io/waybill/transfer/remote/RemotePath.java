package io.waybill.transfer.remote;

/** Cuts remote paths, whose separator is always {@code /}. */
public final class RemotePath {
  private RemotePath() {}

  /** Returns the last segment. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns what comes before the last segment: empty for the login directory. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, Math.max(0, slash));
  }

  /** Returns another name in the same directory. */
  public static String sibling(String path, String name) {
    return path.substring(0, path.lastIndexOf('/') + 1) + name;
  }

  /** Returns a name in a directory. */
  public static String child(String directory, String name) {
    return directory.isEmpty() || directory.endsWith("/")
        ? directory + name
        : directory + "/" + name;
  }
}
