package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second owner out of an embedded store.
 *
 * <p>H2 locks its file against other processes, but lets a second opener in the same process share
 * the database, and cannot say who the owner is; this lock does both. The operating system releases
 * it when the process dies, so there is nothing to clean up after a crash.
 */
final class StoreLock implements AutoCloseable {
  // the lock covers a byte far behind the text, because on some systems it keeps readers out too
  private static final long LOCK_POSITION = 1L << 20;
  private static final int MAX_OWNER_BYTES = 200;

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  static Path fileOf(Path store) {
    return store.resolveSibling(store.getFileName() + ".lock");
  }

  static StoreLock acquire(Path store) {
    Path file = fileOf(store);
    try {
      Files.createDirectories(file.toAbsolutePath().normalize().getParent());
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        return lock(channel, store);
      } catch (IOException | RuntimeException e) {
        closeAfter(channel, e);
        throw e;
      }
    } catch (IOException e) {
      throw new SchedulerException.StoreFailed(
          "the store's lock "
              + file
              + " could not be taken: "
              + StoreFiles.reason(e)
              + "; the state directory has to be writable",
          false,
          e);
    }
  }

  private static StoreLock lock(FileChannel channel, Path store) throws IOException {
    if (tryLock(channel) == null) {
      throw owned(store, readOwner(channel), null);
    }
    String owner = "process " + ProcessHandle.current().pid();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
    return new StoreLock(channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCK_POSITION, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // this very process holds it: the same answer as for any other owner
    }
  }

  private static String readOwner(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_OWNER_BYTES);
    channel.read(text, 0);
    return StandardCharsets.UTF_8.decode(text.flip()).toString();
  }

  static SchedulerException.StoreOwned owned(Path store, String owner, @Nullable Throwable cause) {
    return new SchedulerException.StoreOwned(
        store.toString(),
        "another process of waybill, a daemon or a run, owns the store "
            + store
            + (owner.isBlank() ? "" : " (" + owner + ")")
            + "; wait for its end or stop it, or use another state directory",
        cause);
  }

  private static void closeAfter(FileChannel channel, Exception failure) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new SchedulerException.StoreFailed(
          "the store's lock could not be released: " + e.getMessage(), false, e);
    }
  }
}
