package io.waybill.transfer.remote;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lists the directories that a walk comes to next, while it is busy with others: each costs several
 * round trips, and a walk alone would make the whole crew wait for them.
 */
final class ListAhead {
  /** How many directories are listed and not walked yet. */
  static final int MOST = 8;

  private static final long LOOK_MILLIS = 100;

  private final TreeCrew crew;
  private final Lease lease;
  private final AtomicInteger reconnected = new AtomicInteger();
  private final Map<String, CompletableFuture<List<FileEntry>>> asked = new HashMap<>();

  /**
   * Prepares.
   *
   * @param lease the walk's own
   */
  ListAhead(TreeCrew crew, Lease lease) {
    this.crew = crew;
    this.lease = lease;
  }

  /** Returns how often a session was made again for what was listed ahead. */
  int reconnects() {
    return reconnected.get();
  }

  /** Has a directory listed, unless enough are. */
  void ask(String path) {
    if (asked.size() >= MOST || asked.containsKey(path)) {
      return;
    }
    CompletableFuture<List<FileEntry>> listing = new CompletableFuture<>();
    asked.put(path, listing);
    crew.add(
        (worker, basket) -> {
          Reconnects reconnects = new Reconnects(worker.endpoint());
          try {
            listing.complete(worker.resuming(path, reconnects, session -> session.listTimed(path)));
          } catch (TransferException e) {
            listing.completeExceptionally(e);
          } finally {
            reconnected.addAndGet(reconnects.count());
          }
        },
        lease);
  }

  /** Returns what is in a directory: as was asked for ahead, or listed now. */
  List<FileEntry> list(String path, Reconnects reconnects) {
    CompletableFuture<List<FileEntry>> listing = asked.remove(path);
    if (listing == null) {
      return lease.resuming(path, reconnects, session -> session.listTimed(path));
    }
    if (!listing.isDone()) {
      lease.end(); // there may be no other session for whoever lists it
    }
    while (true) {
      try {
        return listing.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        crew.requireSound();
      } catch (ExecutionException e) {
        throw (TransferException) e.getCause();
      } catch (InterruptedException e) {
        throw crew.interrupted(e);
      }
    }
  }
}
