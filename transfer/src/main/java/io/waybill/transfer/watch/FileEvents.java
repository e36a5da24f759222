package io.waybill.transfer.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;

import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.watch.WatchTrouble.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The system's events of directories, only so far as that there was one. Which it was is not read:
 * some are lost (an overflow), some come for nothing, and a file system may send none.
 */
final class FileEvents implements Hints {
  private final Path root;
  private final Pauses pauses = new Pauses();
  private final Map<String, WatchKey> keys = new HashMap<>();
  private volatile @Nullable WatchService service;
  private Optional<WatchTrouble> trouble = Optional.empty();

  FileEvents(Path root) {
    this.root = root;
  }

  @Override
  public void await(long leastNanos, long mostNanos) throws InterruptedException {
    pauses.await(leastNanos, mostNanos);
  }

  @Override
  public void wake() {
    pauses.wake();
  }

  @Override
  public Optional<WatchTrouble> watch(Collection<String> paths) {
    if (trouble.isPresent() || pauses.isClosed()) {
      return trouble;
    }
    try {
      WatchService events = service();
      Set<String> gone = new HashSet<>(keys.keySet());
      for (String path : paths) {
        gone.remove(path);
        register(events, path);
      }
      for (String path : gone) {
        WatchKey key = keys.remove(path);
        if (key != null) {
          key.cancel();
        }
      }
    } catch (IOException e) {
      trouble = Optional.of(noEvents(e));
      stop();
    } catch (ClosedWatchServiceException e) {
      return Optional.empty(); // by close(), just now
    }
    return trouble;
  }

  private void register(WatchService events, String path) throws IOException {
    WatchKey key = keys.get(path);
    if (key != null && key.isValid()) {
      return;
    }
    try {
      // what is renamed here is created, too; writing to a file that is here is seen by looking
      keys.put(path, root.resolve(path).register(events, ENTRY_CREATE));
    } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
      keys.remove(path); // changed since the look, and the next one says how
    }
  }

  private WatchService service() throws IOException {
    WatchService known = service;
    if (known == null) {
      known = root.getFileSystem().newWatchService();
      service = known;
      listen(known);
      if (pauses.isClosed()) {
        known.close();
      }
    }
    return known;
  }

  private void listen(WatchService events) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  WatchKey key = events.take();
                  key.pollEvents();
                  pauses.wake();
                  key.reset(); // one that is no longer valid is asked for again
                }
              } catch (ClosedWatchServiceException e) {
                return; // by close(), or because there can be no events
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // somebody ends the thread, and it ends
              }
            },
            "waybill-events");
    thread.setDaemon(true);
    thread.start();
  }

  // the limit counts for all programs of the user: to take what is left would harm others
  private WatchTrouble noEvents(IOException failure) {
    String why = LocalFailures.why(failure);
    boolean isLimit = why.contains("limit");
    return WatchTrouble.of(
        Kind.NO_EVENTS,
        "",
        "the system sends no events (%s); files are found at the next interval, as without events%s"
            .formatted(
                why,
                isLimit
                    ? "; raise fs.inotify.max_user_watches or max_user_instances to find them sooner"
                    : ""),
        failure);
  }

  private void stop() {
    keys.clear();
    WatchService known = service;
    if (known != null) {
      service = null;
      close(known);
    }
  }

  private static void close(WatchService known) {
    try {
      known.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot let go of the system's events", e);
    }
  }

  @Override
  public void reset() {
    keys.values().forEach(WatchKey::cancel);
    keys.clear();
  }

  @Override
  public void close() {
    pauses.close();
    WatchService known = service;
    if (known != null) {
      close(known);
    }
  }
}
