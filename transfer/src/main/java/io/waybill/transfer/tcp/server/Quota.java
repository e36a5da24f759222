package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.PartFileBusyException;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.Usage;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much one user may add below its root. What others add to the same root counts too. All of it
 * may count files first and take long, so it is not for a thread that reads frames.
 */
final class Quota {
  private final RootUsage shared;
  private final OptionalLong limit;

  Quota(RootUsage shared, OptionalLong limit) {
    this.shared = shared;
    this.limit = limit;
  }

  /** Whether anything has to be noted: for this user, or for another one of the same root. */
  boolean isKept() {
    return limit.isPresent() || shared.isCounted();
  }

  /**
   * Sets room aside for a file that is offered; what an earlier try left of it counts already.
   *
   * @throws WireException QUOTA_EXCEEDED if there is not that much
   */
  UploadRoom room(Offer offer, Target target) throws IOException {
    return isKept() ? UploadRoom.open(this, offer, target) : UploadRoom.unlimited();
  }

  /**
   * Takes an unfinished file for one upload.
   *
   * @throws PartFileBusyException if another one has it
   */
  void claim(String unfinished) throws PartFileBusyException {
    if (!shared.claim(unfinished)) {
      throw new PartFileBusyException(shared.root().resolve(unfinished));
    }
  }

  /** Has what is there counted when it is next needed. */
  void countAnew() {
    shared.forget();
  }

  void release(String unfinished) {
    shared.release(unfinished);
  }

  /**
   * Sets room aside.
   *
   * @throws WireException QUOTA_EXCEEDED if there is not that much
   */
  Room reserve(long bytes) throws IOException {
    Usage usage = limit.isPresent() ? shared.enter() : shared.enterIfCounted();
    if (usage == null) {
      return new Room(null, 0);
    }
    try {
      take(usage, bytes);
      return new Room(usage, bytes);
    } catch (IOException | RuntimeException e) {
      shared.leave();
      throw e;
    }
  }

  private void take(Usage usage, long bytes) throws WireException {
    synchronized (usage) {
      long taken = Long.MAX_VALUE - usage.freeBytes();
      long most = limit.orElse(Long.MAX_VALUE);
      if (bytes > 0 && (taken > most || bytes > most - taken)) {
        long reserved = taken - usage.usedBytes();
        throw new WireException(
            ErrorCode.QUOTA_EXCEEDED,
            "%d of %d bytes are used and %d more are reserved by uploads under way; this needs %d: delete something there, or ask for a larger quota"
                .formatted(usage.usedBytes(), most, reserved, bytes));
      }
      usage.reserve(bytes);
    }
  }

  /** Does what deletes a file, and notes the bytes. */
  void deleting(String path, Work work) throws IOException {
    try (Room room = reserve(0)) {
      long before = sizeOf(path);
      work.run();
      room.changed(-before);
    }
  }

  /** The size of a file; 0 if there is none. */
  long sizeOf(String path) throws IOException {
    try (SafePath safe = SafePath.open(shared.root(), path)) {
      return UploadRoom.sizeOf(safe.directory(), safe.name());
    } catch (NoSuchFileException | NotDirectoryException e) {
      return 0;
    }
  }

  /** What changes files. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /** Room that was set aside, given back when it is closed, once or more often. */
  final class Room implements AutoCloseable {
    private final @Nullable Usage usage;
    private final long reserved;
    private long delta;
    private boolean isClosed;

    private Room(@Nullable Usage usage, long reserved) {
      this.usage = usage;
      this.reserved = reserved;
    }

    /** Notes how much more is used than before, to count when it is closed. */
    synchronized void changed(long bytes) {
      delta += bytes;
    }

    @Override
    public synchronized void close() {
      Usage open = usage;
      if (open != null && !isClosed) {
        isClosed = true;
        open.published(reserved, delta);
        shared.leave();
      }
    }
  }
}
