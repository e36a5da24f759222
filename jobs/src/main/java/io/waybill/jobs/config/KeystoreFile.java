package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The file of a keystore: read whole, and written whole or not at all. Who changes it holds a lock
 * beside it, so that of two at a time neither is lost.
 */
final class KeystoreFile {
  private static final int MOST_BYTES = 4 << 20;

  // a lock on a file keeps out other processes, and makes two threads of this one fail
  private static final Object WITHIN_THIS_PROCESS = new Object();

  private final Path path;

  KeystoreFile(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  Path path() {
    return path;
  }

  /**
   * Reads it; empty if there is none.
   *
   * @throws JobException.Configuration if it cannot be read
   */
  Optional<byte[]> read() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new JobException.Configuration(
            path + " is larger than 4 MiB, and so no keystore of waybill");
      }
      return Optional.of(bytes);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  /**
   * Replaces it by what is made of it, while nobody else does.
   *
   * @param change takes what is there, empty bytes if nothing is
   * @throws JobException.Configuration if it cannot be written; it is as it was then
   */
  void change(UnaryOperator<byte[]> change) {
    synchronized (WITHIN_THIS_PROCESS) {
      changeAlone(change);
    }
  }

  private void changeAlone(UnaryOperator<byte[]> change) {
    Path lock = path.resolveSibling(path.getFileName() + ".lock");
    try {
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      // never deleted: who waits for it would hold a lock that nobody else sees
      try (FileChannel channel =
              FileChannel.open(
                  lock, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), privately());
          FileLock held = channel.lock()) {
        if (!held.isValid()) {
          throw new IOException("the lock was lost");
        }
        replace(change.apply(read().orElse(new byte[0])));
      }
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  private void replace(byte[] bytes) throws IOException {
    Path part = path.resolveSibling("." + path.getFileName() + ".part");
    Files.deleteIfExists(part);
    try {
      try (FileChannel out =
          FileChannel.open(
              part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), privately())) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
          out.write(left);
        }
        out.force(true);
      }
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private FileAttribute<?>[] privately() {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private JobException.Configuration failure(String done, IOException cause) {
    return new JobException.Configuration(
        "keystore %s cannot be %s (%s: %s)"
            .formatted(path, done, cause.getClass().getSimpleName(), cause.getMessage()),
        cause);
  }
}
