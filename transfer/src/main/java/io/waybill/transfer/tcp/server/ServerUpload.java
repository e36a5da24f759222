package io.waybill.transfer.tcp.server;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A file that a client sends. */
final class ServerUpload implements ServerTransfers.Exchange {
  private final Wire home;
  private final Offer offer;
  private final ChunkReceiver receiver;
  private final UploadRoom room;
  private final HeapBudget.Part heap;
  private final AtomicBoolean isCommitting = new AtomicBoolean();

  private ServerUpload(
      Wire home, Offer offer, ChunkReceiver receiver, UploadRoom room, HeapBudget.Part heap) {
    this.heap = heap;
    this.home = home;
    this.offer = offer;
    this.receiver = receiver;
    this.room = room;
  }

  /** Looks at what is there of the file. */
  static ServerUpload begin(Wire home, long id, Offer asked, ServerSession session)
      throws IOException {
    SafePath.segments(asked.path());
    Offer offer = session.has(Permission.READ) ? asked : asked.blind();
    Target target =
        new Target(
            () -> place(session.root(), offer).directory(),
            offer.path().substring(offer.path().lastIndexOf('/') + 1),
            "waybill user=" + session.user());
    HeapBudget.Part heap = session.heap().take(offer.layout());
    try {
      UploadRoom room = session.quota().room(offer, target);
      try {
        ChunkReceiver receiver = new ChunkReceiver(home, id, offer, target, new Traffic());
        return new ServerUpload(home, offer, receiver, room, heap);
      } catch (IOException | RuntimeException e) {
        try (room) {
          throw e;
        }
      }
    } catch (IOException | RuntimeException e) {
      try (heap) {
        throw e;
      }
    }
  }

  private static SafePath place(Path root, Offer offer) throws IOException {
    if (offer.terms().has(FrameType.PARENTS)) {
      return SafePath.openMakingParents(root, offer.path());
    }
    try {
      return SafePath.open(root, offer.path());
    } catch (NoSuchFileException e) {
      throw new WireException(
          ErrorCode.NOT_FOUND,
          "there is no directory for %s; make it first, or have the upload make parents"
              .formatted(offer.path()),
          e);
    }
  }

  ChunkReceiver receiver() {
    return receiver;
  }

  /** Notes that COMMIT came; false if it had come before. */
  boolean commits() {
    return isCommitting.compareAndSet(false, true);
  }

  /** Verifies and publishes. */
  Committed commit(Frame frame) throws IOException {
    Committed done = room.publish(() -> receiver.commit(frame));
    return offer.terms().policy() == TargetPolicy.RENAME
        ? done.at(
            offer.path().substring(0, offer.path().lastIndexOf('/') + 1) + receiver.publishedName())
        : done;
  }

  @Override
  public String path() {
    return offer.path();
  }

  @Override
  public Duration patience(Duration atRest) {
    return isCommitting.get() ? atRest : home.idle();
  }

  @Override
  public void close() throws IOException {
    try (heap;
        room) {
      receiver.close();
    }
  }
}
