package io.waybill.transfer.ftp;

/** Cuts remote paths, whose separator is always {@code /}. */
final class RemotePath {
  private RemotePath() {}

  /** Returns the last segment. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns what comes before the last segment: empty for the login directory. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, Math.max(0, slash));
  }

  /** Returns another name in the same directory. */
  static String sibling(String path, String name) {
    return path.substring(0, path.lastIndexOf('/') + 1) + name;
  }

  /** Returns a name in a directory. */
  static String child(String directory, String name) {
    return directory.isEmpty() || directory.endsWith("/")
        ? directory + name
        : directory + "/" + name;
  }
}
