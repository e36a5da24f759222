package io.waybill.jobs.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that only their owner can read, where the file system knows owners. */
public final class PrivateFiles {
  private PrivateFiles() {}

  /**
   * Makes a directory.
   *
   * @throws IOException if it is there already or cannot be made
   */
  public static Path makeDirectory(Path directory) throws IOException {
    return Files.createDirectory(directory, mode(directory, "rwx------"));
  }

  /**
   * Makes a file.
   *
   * @throws IOException if it is there already or cannot be written
   */
  public static Path write(Path file, String content) throws IOException {
    Files.createFile(file, mode(file, "rw-------"));
    return Files.writeString(file, content);
  }

  private static FileAttribute<?>[] mode(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
