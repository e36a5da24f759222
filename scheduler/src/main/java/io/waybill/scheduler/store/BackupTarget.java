package io.waybill.scheduler.store;

import java.nio.file.Path;
import java.util.Objects;

/** Where a backup goes. */
public sealed interface BackupTarget {

  /**
   * One file.
   *
   * @param file whose name ends in {@code .mv.db}, as H2 wants it
   * @param isReplacing whether a file that is there may be replaced
   */
  record OneFile(Path file, boolean isReplacing) implements BackupTarget {
    /**
     * Makes the path absolute.
     *
     * @throws IllegalArgumentException if the name has another end, or the path a semicolon
     */
    public OneFile {
      file = file.toAbsolutePath().normalize();
      if (!StoreFiles.isStoreFile(file)) {
        throw new IllegalArgumentException(
            "a backup is a file of H2's, whose name ends in .mv.db: " + file + " does not");
      }
      requireNoSemicolon(file);
    }
  }

  /**
   * A file in a directory, which is made if it is not there; its name is the time in UTC.
   *
   * @param keep how many of the files there that are called so are kept, this one included; the
   *     oldest are deleted once this one is there; 0 keeps all
   */
  record Rotated(Path directory, int keep) implements BackupTarget {
    /**
     * Makes the path absolute.
     *
     * @throws IllegalArgumentException if {@code keep} is below 0, or the path has a semicolon
     */
    public Rotated {
      directory = Objects.requireNonNull(directory, "directory").toAbsolutePath().normalize();
      if (keep < 0) {
        throw new IllegalArgumentException("keep is 0 or more, not " + keep);
      }
      requireNoSemicolon(directory);
    }
  }

  private static void requireNoSemicolon(Path path) {
    if (path.toString().contains(";")) {
      throw new IllegalArgumentException(
          "H2 cannot keep a database in a path with a semicolon: " + path);
    }
  }
}
