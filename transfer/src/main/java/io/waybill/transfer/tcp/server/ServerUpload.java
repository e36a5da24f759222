package io.waybill.transfer.tcp.server;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A file that a client sends. */
final class ServerUpload implements ServerTransfers.Exchange {
  private final Wire home;
  private final Offer offer;
  private final ChunkReceiver receiver;
  private final UploadRoom room;
  private volatile boolean isCommitting;

  private ServerUpload(Wire home, Offer offer, ChunkReceiver receiver, UploadRoom room) {
    this.home = home;
    this.offer = offer;
    this.receiver = receiver;
    this.room = room;
  }

  /** Looks at what is there of the file. */
  static ServerUpload begin(Wire home, long id, Offer offer, ServerSession session)
      throws IOException {
    SafePath.segments(offer.path());
    Target target =
        new Target(
            () -> place(session.root(), offer).directory(),
            offer.path().substring(offer.path().lastIndexOf('/') + 1),
            "waybill user=" + session.user());
    UploadRoom room = session.quota().room(offer, target);
    try {
      return new ServerUpload(
          home, offer, new ChunkReceiver(home, id, offer, target, new Traffic()), room);
    } catch (IOException | RuntimeException e) {
      try (room) {
        throw e;
      }
    }
  }

  private static SafePath place(Path root, Offer offer) throws IOException {
    return offer.terms().has(FrameType.PARENTS)
        ? SafePath.openMakingParents(root, offer.path())
        : SafePath.open(root, offer.path());
  }

  ChunkReceiver receiver() {
    return receiver;
  }

  /** Verifies and publishes. */
  Committed commit(Frame frame) throws IOException {
    isCommitting = true;
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
    return isCommitting ? atRest : home.idle();
  }

  @Override
  public void close() throws IOException {
    try (room) {
      receiver.close();
    }
  }
}
