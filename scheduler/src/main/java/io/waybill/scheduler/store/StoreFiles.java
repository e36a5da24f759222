package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the parts of an embedded store lie, and how files of that kind are made safe. */
final class StoreFiles {
  static final String SUFFIX = ".mv.db";

  private StoreFiles() {}

  /** Returns the file that H2 makes of a store's path. */
  static Path ofStore(Path store) {
    return store.resolveSibling(store.getFileName() + SUFFIX);
  }

  /** Returns the file into which H2 writes its own troubles with a store. */
  static Path traceOf(Path store) {
    return store.resolveSibling(store.getFileName() + ".trace.db");
  }

  /** Returns the store's path of a file of H2's. */
  static Path storeOf(Path file) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
  }

  /**
   * Checks that a store is there.
   *
   * @throws SchedulerException.StoreRefused if it is not
   */
  static void requireStore(Path store) {
    if (!Files.exists(ofStore(store))) {
      throw new SchedulerException.StoreRefused(
          "there is no store " + ofStore(store) + "; name its state directory", null);
    }
  }

  /**
   * Checks that a store which is there has a head at least: of an empty file H2 would make a new
   * database without a word.
   *
   * @throws SchedulerException.StoreDamaged if it has none
   */
  static void refuseShort(Path store) {
    refuseShort(
        ofStore(store),
        "restore a backup, this file is kept aside then; or delete it if nothing has ever been in it");
  }

  /**
   * Checks that a file which is there has a head at least.
   *
   * @param whatNext for a person, if it has none
   * @throws SchedulerException.StoreDamaged if it has none
   */
  static void refuseShort(Path file, String whatNext) {
    try {
      if (Files.exists(file) && Files.size(file) < H2Header.BYTES) {
        throw new SchedulerException.StoreDamaged(
            "the store " + file + " is too short to be one: something cut it off; " + whatNext,
            null);
      }
    } catch (IOException e) {
      throw failure("the store " + file + " cannot be looked at", e);
    }
  }

  static boolean isStoreFile(Path file) {
    Path name = file.getFileName();
    return name != null
        && name.toString().endsWith(SUFFIX)
        && name.toString().length() > SUFFIX.length();
  }

  static Path directoryOf(Path file) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is no file");
    }
    return parent;
  }

  /** Makes a directory that only its owner can look into. */
  static Path createPrivate(Path directory) throws IOException {
    return Files.createDirectory(directory, ownersOnly(directory, "rwx------"));
  }

  static FileAttribute<?>[] ownersOnly(Path where, String permissions) {
    return where.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Takes everybody's permissions away but the owner's. */
  static void makePrivate(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  /** Forces a file's content to the disk. */
  static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Forces the names in a directory to the disk, where a system can do that. */
  static void forceNames(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> tree = Files.walk(root)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  /** Says in words why a file could not be had; the platform often says no more than its name. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "this user may not write there";
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  static SchedulerException.StoreFailed failure(String what, IOException e) {
    return new SchedulerException.StoreFailed(what + ": " + reason(e), false, e);
  }
}
