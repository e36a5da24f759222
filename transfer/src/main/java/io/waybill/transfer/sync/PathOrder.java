package io.waybill.transfer.sync;

import java.util.Comparator;

/**
 * Orders paths as a walk goes: a directory, then all that is below it, then what comes after. The
 * slash counts as less than any other character, so that {@code a}, {@code a/z}, {@code a-b} stand
 * in this order and what is below {@code a} stays together.
 */
enum PathOrder implements Comparator<String> {
  WALK;

  @Override
  public int compare(String left, String right) {
    int shared = Math.min(left.length(), right.length());
    for (int i = 0; i < shared; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        return Integer.compare(a == '/' ? -1 : a, b == '/' ? -1 : b);
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** Says whether a path lies below a directory, at whatever depth. */
  static boolean isBelow(String path, String directory) {
    return path.length() > directory.length()
        && path.charAt(directory.length()) == '/'
        && path.startsWith(directory);
  }

  /** Returns the path of the directory it is in; empty for the base. */
  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** Returns the last segment. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
