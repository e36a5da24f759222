package io.waybill.transfer.watch;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.watch.WatchTrouble.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds files that are finished in a directory, and hands over each version of each once. It looks
 * at the whole directory at an interval; events of the system only let it look sooner, so that
 * nothing depends on them.
 *
 * <p>A file is finished if two looks {@link WatchOptions#settle} apart, by a clock that nobody
 * sets, find the same size, time and file key, or if its done-file is there. One that is replaced
 * later is handed over again. What is gone is forgotten, unless it went as by an unmounted disk:
 * the directory is missing, is another one than before (by its own file key), or is empty and
 * nobody can tell; it is then told, and remembered until further looks confirm it.
 *
 * <p>What was handed over is remembered in memory only, some 300 bytes a file: another watch hands
 * over all that is there. Who must not be handed a version twice keeps a ledger of his own.
 *
 * <p>Not safe for use by several threads, but for {@link #close} and {@link #wake}.
 */
public final class DirectoryWatch implements AutoCloseable {
  private static final long LEAST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  // of the time at most a fifth is spent looking, however many events there are
  private static final int PAUSE_SHARE = 4;

  private final Watched watched;
  private final WatchOptions options;
  private final Hints hints;
  private final LongSupplier clock;
  private final Sightings sightings;
  private final Troubles troubles = new Troubles();
  private Optional<String> lastKey = Optional.empty();
  private volatile boolean closed;

  DirectoryWatch(Watched watched, WatchOptions options, Hints hints, LongSupplier clock) {
    this.watched = watched;
    this.options = options;
    this.hints = hints;
    this.clock = clock;
    this.sightings = new Sightings(options);
  }

  /** Prepares to watch a directory of this machine, which need not be there yet. */
  public static DirectoryWatch of(Path directory, WatchOptions options) {
    LocalDirectory local = new LocalDirectory(directory, options.isRecursive(), options.excludes());
    return new DirectoryWatch(
        local,
        options,
        options.usesEvents() ? new FileEvents(local.root()) : new Pauses(),
        System::nanoTime);
  }

  /**
   * Prepares to watch a directory of a server, by its listing only.
   *
   * @param transfer stays open as long as this, and is not closed by it
   */
  public static DirectoryWatch of(FileTransfer transfer, String directory, WatchOptions options) {
    return new DirectoryWatch(
        new RemoteDirectory(transfer, directory, options.isRecursive(), options.excludes()),
        options,
        new Pauses(),
        System::nanoTime);
  }

  /**
   * Watches until {@link #close} is called. What a look finds, fails or misses goes to the handler;
   * the watch goes on.
   *
   * @throws TransferException.Authentication if a server refuses the login, as it would next time
   * @throws TransferException.Configuration if the directory cannot be listed as it is named
   * @throws InterruptedException if the thread is interrupted between two looks
   */
  public void run(WatchHandler handler) throws InterruptedException {
    while (!closed) {
      long began = clock.getAsLong();
      boolean sawAll = look(handler);
      long took = clock.getAsLong() - began;
      deliver(handler);
      if (sawAll && !closed) {
        handler.looked(sightings);
      }
      long interval = options.interval().toNanos();
      long least = Math.min(interval, Math.max(LEAST_PAUSE_NANOS, PAUSE_SHARE * took));
      long due = sightings.nextDue(clock.getAsLong()).orElse(interval);
      hints.await(least, Math.max(least, Math.min(interval, due)));
    }
  }

  /**
   * Looks twice, {@link WatchOptions#settle} apart, and hands over what is finished.
   *
   * @return what may still be written, or could not be dealt with, sorted
   * @throws TransferException.Authentication if a server refuses the login
   * @throws TransferException.Configuration if the directory cannot be listed as it is named
   */
  public List<String> once(WatchHandler handler) throws InterruptedException {
    look(handler);
    if (!options.settle().isZero() && !closed) {
      long settle = options.settle().toNanos();
      hints.await(settle, settle);
      look(handler);
    }
    deliver(handler);
    return sightings.open();
  }

  /** Has {@link #run} look again soon, as if something had happened. */
  public void wake() {
    hints.wake();
  }

  /**
   * Looks at all there is.
   *
   * @return whether it saw that, and nothing about it is in doubt
   */
  private boolean look(WatchHandler handler) {
    troubles.begin();
    Look look = new Look(handler);
    sightings.begin(clock.getAsLong());
    try {
      Optional<String> key = watched.key();
      sightings.at(key);
      watched.list(look);
      if (!key.equals(watched.key())) {
        throw new IOException("the directory became another one while it was looked at");
      }
      return end(look, key, handler);
    } catch (IOException e) {
      failed(e, LocalFailures.why(e), handler);
    } catch (TransferException.Authentication | TransferException.Configuration e) {
      throw e;
    } catch (TransferException e) {
      failed(e, String.valueOf(e.getMessage()), handler);
    }
    return false;
  }

  private boolean end(Look look, Optional<String> key, WatchHandler handler) {
    if (closed) {
      return false;
    }
    Sightings.Result result = sightings.end(!look.hasGap);
    if (result.isDoubtful()) {
      troubles.tell(
          WatchTrouble.of(
              Kind.SUSPICIOUS,
              "",
              "%d files of %s are gone at once%s: an unmounted disk or a lost share looks like this; they are remembered, and forgotten if the next %d looks find the same"
                  .formatted(
                      result.missing(),
                      watched.name(),
                      key.isPresent() ? ", and it is another directory than before" : "",
                      options.emptyLooks())),
          handler);
    } else if (result.beyond() > 0) {
      troubles.tell(
          WatchTrouble.of(
              Kind.TOO_MANY,
              "",
              "%s holds more than %d files; those beyond are looked at when others are gone"
                  .formatted(watched.name(), options.mostFiles())),
          handler);
    }
    if (!key.equals(lastKey)) {
      lastKey = key;
      hints.reset();
    }
    hints.watch(look.directories).ifPresent(each -> troubles.tell(each, handler));
    troubles.end(!look.hasGap, handler);
    return !look.hasGap && !result.isDoubtful();
  }

  private void failed(Exception failure, String why, WatchHandler handler) {
    sightings.end(false);
    boolean isMissing =
        failure instanceof NoSuchFileException
            || failure instanceof NotDirectoryException
            || failure instanceof TransferException.NotFound;
    troubles.tell(
        WatchTrouble.of(
            isMissing ? Kind.MISSING : Kind.UNREADABLE,
            "",
            isMissing
                ? "there is no directory %s; it is watched again once it is there"
                    .formatted(watched.name())
                : "%s cannot be listed: %s; it is tried again".formatted(watched.name(), why),
            failure),
        handler);
  }

  private void deliver(WatchHandler handler) throws InterruptedException {
    List<Arrival> due = sightings.due();
    for (int at = 0; at < due.size() && !closed; at += options.batch()) {
      List<Arrival> batch =
          List.copyOf(due.subList(at, Math.min(at + options.batch(), due.size())));
      Collection<Arrival> back = handler.arrived(batch);
      Set<Arrival> failed = new HashSet<>(back);
      long now = clock.getAsLong();
      for (Arrival each : batch) {
        if (failed.contains(each)) {
          sightings.failed(each, now);
        } else {
          sightings.taken(each);
        }
      }
    }
  }

  /**
   * Ends {@link #run}: a wait at once, a look after the file at hand; the handler is waited for by
   * the thread that runs it, and not by this.
   */
  @Override
  public void close() {
    closed = true;
    hints.close();
  }

  /** What one look finds. */
  private final class Look implements Watched.Finding {
    private final WatchHandler handler;
    private final List<String> directories = new ArrayList<>(List.of(""));
    private boolean hasGap;

    Look(WatchHandler handler) {
      this.handler = handler;
    }

    @Override
    public void file(String path, SourceIdentity identity) {
      sightings.file(path, identity, clock.getAsLong());
    }

    @Override
    public void directory(String path) {
      directories.add(path);
    }

    @Override
    public void trouble(WatchTrouble trouble, boolean isGap) {
      hasGap |= isGap;
      troubles.tell(trouble, handler);
    }

    @Override
    public boolean isEnough() {
      return closed;
    }
  }
}
