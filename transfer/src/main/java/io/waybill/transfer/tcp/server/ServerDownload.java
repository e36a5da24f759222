package io.waybill.transfer.tcp.server;

import io.waybill.transfer.Use;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.tcp.exchange.BaseList;
import io.waybill.transfer.tcp.exchange.ChunkSender;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Patience;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** A file that is sent to a client; sending begins once the client said what it has. */
final class ServerDownload implements ServerTransfers.Exchange {
  private final long id;
  private final Wire home;
  private final Offer offer;
  private final SafePath place;
  private final SourceFile source;
  private final HaveList.Pages pages;
  private final BaseList base;
  // the file is closed when nobody reads it any more
  private final ReadWriteLock reading = new ReentrantReadWriteLock();
  private final List<Runnable> waiting = new ArrayList<>();
  private volatile @Nullable ChunkSender sender;
  private volatile boolean isCommitted;
  private boolean isClosed;

  private ServerDownload(long id, Wire home, Offer offer, SafePath place, SourceFile source) {
    this.id = id;
    this.home = home;
    this.offer = offer;
    this.place = place;
    this.source = source;
    this.pages = new HaveList.Pages(offer.layout().chunkCount(), offer.terms().identity());
    this.base = new BaseList(offer);
  }

  /** Opens the file that an OPEN asks for. */
  static ServerDownload open(Wire home, Frame frame, Path root) throws IOException {
    Fields fields = frame.fields();
    String path = fields.text(Tag.PATH);
    Offer.Terms terms = Offer.Terms.read(frame, fields);
    SafePath place = SafePath.open(root, path);
    try {
      requireFile(place, path);
      SourceFile source = SourceFile.open(place.directory(), place.name());
      Offer offer = new Offer(path, source.identity(), source.mode(), terms);
      return new ServerDownload(frame.transfer(), home, offer, place, source);
    } catch (IOException | RuntimeException e) {
      try (place) {
        throw e;
      }
    }
  }

  private static void requireFile(SafePath place, String path) throws IOException {
    var found = place.directory().attributes(place.name());
    if (found.isPresent() && !found.get().isRegularFile()) {
      throw new WireException(ErrorCode.WRONG_KIND, path + " is no regular file");
    }
  }

  /** Which version of the file there is. */
  Offer offer() {
    return offer;
  }

  /** The stream that the exchange was begun on. */
  Wire home() {
    return home;
  }

  /** Takes a page of what the client can copy from its old target. */
  void base(Frame frame) throws WireException {
    if (sender != null) {
      throw WireException.violation("BASE came after HAVE for transfer " + id);
    }
    base.add(frame);
  }

  /** Takes a page of what the client has; all of it, if it was the last one, else null. */
  @Nullable HaveList have(Frame frame) throws WireException {
    if (sender != null) {
      throw WireException.violation("HAVE came twice for transfer " + id);
    }
    return pages.add(frame);
  }

  /**
   * Sends what the client lacks and then asks it to publish.
   *
   * @param useZeroChunks whether the client takes chunks of zeros as a flag
   * @param useCompression whether it takes compressed ones
   */
  void send(HaveList have, boolean useZeroChunks, boolean useCompression) throws IOException {
    ChunkSender.Means means =
        new ChunkSender.Means(
            useZeroChunks, useCompression ? Use.AUTO : Use.NEVER, base, new Traffic());
    reading(
        home,
        buffer -> {
          ChunkSender sending = new ChunkSender(id, offer, source, have, means, buffer);
          begin(sending);
          sending.run(home, buffer, passed -> {});
          if (!sending.hasEnded()) {
            isCommitted = true;
            sending.commit(home);
          }
        });
  }

  private void begin(ChunkSender sending) {
    List<Runnable> pulls;
    synchronized (waiting) {
      sender = sending;
      pulls = List.copyOf(waiting);
      waiting.clear();
    }
    pulls.forEach(Runnable::run);
  }

  /**
   * Does what a PULL asks for once sending has begun: streams have no order among them, so it may
   * come before HAVE does.
   */
  void whenSending(Runnable pull) throws WireException {
    synchronized (waiting) {
      if (sender == null) {
        if (waiting.size() >= Limits.STREAMS) {
          throw WireException.violation("more PULLs came for transfer " + id + " than streams");
        }
        waiting.add(pull);
        return;
      }
    }
    pull.run();
  }

  /** Sends chunks over a further stream too, as long as there are some. */
  void pull(Wire stream) throws IOException {
    ChunkSender sending = sender;
    if (sending != null && sending.takesStreams() && !isCommitted) {
      reading(stream, buffer -> sending.run(stream, buffer, passed -> {}));
    }
  }

  private interface Reading {
    void with(ByteBuffer buffer) throws IOException;
  }

  private void reading(Wire wire, Reading work) throws IOException {
    reading.readLock().lock();
    try {
      if (isClosed) {
        return;
      }
      ByteBuffer buffer = wire.chunks().take(offer.layout().chunkBytes(), wire.idle());
      try {
        work.with(buffer);
      } finally {
        wire.chunks().give(buffer);
      }
    } finally {
      reading.readLock().unlock();
    }
  }

  /** A chunk arrived, well or damaged. */
  void acknowledged(Frame frame) throws IOException {
    ChunkSender sending = sender;
    if (sending == null) {
      throw WireException.violation("CHUNK_ACK came before any CHUNK");
    }
    sending.acknowledged(frame);
  }

  @Override
  public String path() {
    return offer.path();
  }

  @Override
  public Duration patience(Duration atRest) {
    Duration verifying = Patience.forFile(offer.source().sizeBytes());
    return isCommitted && verifying.compareTo(home.idle()) > 0 ? verifying : home.idle();
  }

  @Override
  public void lost(Wire stream) {
    ChunkSender sending = sender;
    if (sending != null) {
      sending.lost(stream);
    }
  }

  @Override
  public void close() throws IOException {
    ChunkSender sending = sender;
    if (sending != null) {
      sending.fail(new LostException("the transfer has ended"));
    }
    reading.writeLock().lock();
    try (place) {
      isClosed = true;
      source.close();
    } finally {
      reading.writeLock().unlock();
    }
  }
}
