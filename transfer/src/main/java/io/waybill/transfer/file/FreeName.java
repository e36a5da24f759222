package io.waybill.transfer.file;

import io.waybill.transfer.TargetPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;

/** Renames a part file to a name that nothing has: the target's own, or the next one after it. */
public final class FreeName {
  private static final int TRIES = 10_000;
  private static final int NAME_BYTES = 255;

  private FreeName() {}

  /**
   * Renames to {@code name} or, if that is taken, {@code name (2).ext}, {@code name (3).ext}, ...
   *
   * @return the name taken
   * @throws FileAlreadyExistsException if ten thousand are taken
   */
  static String rename(DirectoryHandle directory, String part, String name) throws IOException {
    for (int number = 1; number <= TRIES; number++) {
      String candidate = numbered(name, number);
      if (renameIfFree(directory, part, candidate)) {
        return candidate;
      }
    }
    throw new FileAlreadyExistsException(
        directory.path().resolve(name).toString(), null, "and so are " + TRIES + " names after it");
  }

  /** Renames unless there is something by that name. */
  static boolean renameIfFree(DirectoryHandle directory, String part, String name)
      throws IOException {
    return moveIfFree(directory, part, directory, name);
  }

  private static boolean moveIfFree(
      DirectoryHandle from, String old, DirectoryHandle to, String name) throws IOException {
    synchronized (to.lockOf(name)) {
      if (to.attributes(name).isPresent()) {
        return false;
      }
      from.rename(old, to, name);
      return true;
    }
  }

  /**
   * Renames a file into another directory, as the policy says of what has its name there.
   *
   * @return the name it got
   * @throws FileAlreadyExistsException if the name is taken and the policy is {@code FAIL}, or ten
   *     thousand are
   */
  static String move(
      DirectoryHandle from, String old, DirectoryHandle to, String name, TargetPolicy policy)
      throws IOException {
    if (policy == TargetPolicy.FAIL || policy == TargetPolicy.RENAME) {
      int tries = policy == TargetPolicy.FAIL ? 1 : TRIES;
      for (int number = 1; number <= tries; number++) {
        String candidate = numbered(name, number);
        if (moveIfFree(from, old, to, candidate)) {
          return candidate;
        }
      }
      throw new FileAlreadyExistsException(to.path().resolve(name).toString());
    }
    synchronized (to.lockOf(name)) {
      from.rename(old, to, name);
      return name;
    }
  }

  /**
   * Puts the number before the extension, unless it is the first; a name too long for it loses its
   * stem's end.
   */
  public static String numbered(String name, int number) {
    if (number == 1) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    // a leading dot hides a file and starts no extension
    String extension = dot > 0 ? name.substring(dot) : "";
    String stem = name.substring(0, name.length() - extension.length());
    String suffix = " (" + number + ")" + extension;
    while (bytes(stem) + bytes(suffix) > NAME_BYTES && !stem.isEmpty()) {
      stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
    }
    return stem + suffix;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
