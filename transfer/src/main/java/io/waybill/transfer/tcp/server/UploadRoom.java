package io.waybill.transfer.tcp.server;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The room of one upload below a quota. At the end the difference counts that the upload has made:
 * of its unfinished file, which stays or is gone, and of its target.
 */
final class UploadRoom implements Closeable {
  private final @Nullable Quota quota;
  private final Quota.@Nullable Room room;
  private final @Nullable Place place;
  private final long unfinishedBefore;
  private boolean isClosed;

  private record Place(Offer offer, Target target, PartName part) {
    long unfinished() throws IOException {
      try (DirectoryHandle directory = target.directory().open()) {
        return sizeOf(directory, part.part()) + sizeOf(directory, part.journal());
      }
    }

    long targetSize() throws IOException {
      try (DirectoryHandle directory = target.directory().open()) {
        return sizeOf(directory, target.name());
      }
    }

    /** Names the unfinished file below the root. */
    String unfinishedName() {
      return offer.path().substring(0, offer.path().lastIndexOf('/') + 1) + part.part();
    }

    boolean replaces() {
      TargetPolicy policy = offer.terms().policy();
      return policy != TargetPolicy.APPEND && policy != TargetPolicy.RENAME;
    }
  }

  private UploadRoom(
      @Nullable Quota quota,
      Quota.@Nullable Room room,
      @Nullable Place place,
      long unfinishedBefore) {
    this.quota = quota;
    this.room = room;
    this.place = place;
    this.unfinishedBefore = unfinishedBefore;
  }

  /** For one who has no quota, where nobody else has one either. */
  static UploadRoom unlimited() {
    return new UploadRoom(null, null, null, 0);
  }

  static UploadRoom open(Quota quota, Offer offer, Target target) throws IOException {
    PartName part = PartName.of(target.name(), offer.source(), target.sourceLocation());
    Place place = new Place(offer, target, part);
    // two that count one unfinished file, each as its own, would count it twice, or not at all
    quota.claim(place.unfinishedName());
    try {
      long before = place.unfinished();
      Quota.Room room = quota.reserve(Math.max(0, offer.source().sizeBytes() - before));
      return new UploadRoom(quota, room, place, before);
    } catch (IOException | RuntimeException e) {
      quota.release(place.unfinishedName());
      throw e;
    }
  }

  static long sizeOf(DirectoryHandle directory, String name) throws IOException {
    Optional<BasicFileAttributes> found = directory.attributes(name);
    return found.isPresent() && found.get().isRegularFile() ? found.get().size() : 0;
  }

  /** What publishes a file. */
  @FunctionalInterface
  interface Publishing {
    Committed run() throws IOException;
  }

  /** Publishes, and notes by how much the target has grown. */
  Committed publish(Publishing work) throws IOException {
    Quota.Room open = room;
    Place at = place;
    if (open == null || at == null) {
      return work.run();
    }
    long before = at.replaces() ? at.targetSize() : 0;
    Committed done = work.run();
    if (!done.wasThere()) {
      open.changed(at.offer().source().sizeBytes() - before);
    }
    return done;
  }

  /** Counts what has become of the unfinished file; after whoever wrote it has let go. */
  @Override
  public void close() throws IOException {
    Quota.Room open = room;
    Place at = place;
    Quota claimed = quota;
    if (open == null || at == null || claimed == null) {
      return;
    }
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    try (open) {
      open.changed(at.unfinished() - unfinishedBefore);
    } finally {
      claimed.release(at.unfinishedName());
    }
  }
}
