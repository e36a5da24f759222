package io.waybill.transfer.file;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Deletes directories that are this program's own, such as unfinished and throw-away ones. */
public final class DirectoryTree {
  private DirectoryTree() {}

  /**
   * Deletes a directory and all that is in it; links are deleted, not followed. Does nothing if it
   * is not there.
   *
   * @throws IOException at the first thing that cannot be deleted
   */
  public static void delete(Path root) throws IOException {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      if (!root.toString().equals(e.getFile())) {
        throw e;
      }
    }
  }
}
