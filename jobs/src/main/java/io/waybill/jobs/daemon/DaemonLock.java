package io.waybill.jobs.daemon;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second daemon out of a state directory. An embedded store has a lock of its own; daemons
 * that share a server's would otherwise write one another's {@code daemon.json} and logs over. The
 * operating system releases it when the process dies.
 */
final class DaemonLock implements AutoCloseable {
  private final FileChannel channel;

  private DaemonLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param daemonFile beside which the lock is
   * @throws SchedulerException.StoreOwned if another daemon has it
   * @throws IOException if the file cannot be written
   */
  static DaemonLock take(Path daemonFile) throws IOException {
    FileChannel channel =
        FileChannel.open(
            daemonFile.resolveSibling("daemon.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (isLocked(channel)) {
        return new DaemonLock(channel);
      }
      throw taken(daemonFile);
    } catch (IOException | RuntimeException e) {
      try {
        channel.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // this very process has it
    }
  }

  private static SchedulerException.StoreOwned taken(Path daemonFile) {
    Path state = daemonFile.toAbsolutePath().getParent();
    return new SchedulerException.StoreOwned(
        String.valueOf(state),
        "another daemon%s uses the state directory %s; give this one a directory of its own with --state DIR, and a name with --node NAME"
            .formatted(
                DaemonFile.ofLiveDaemon(daemonFile)
                    .map(other -> " (process " + other.pid() + ")")
                    .orElse(""),
                state),
        null);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
