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
import io.waybill.transfer.tcp.wire.ExchangeEndedException;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file that is sent to a client; sending begins once the client said what it has. */
final class ServerDownload implements ServerTransfers.Exchange {
  private final long id;
  private final Wire home;
  private final Offer offer;
  private final SafePath place;
  private final SourceFile source;
  private final HeapBudget.Part heap;
  private final HaveList.Pages pages;
  private final BaseList base;
  private final List<Pull> waiting = new ArrayList<>();
  private volatile @Nullable ChunkSender sender;
  private final Set<Wire> pulling = new HashSet<>();
  private volatile boolean isCommitted;
  private boolean isTold;
  // the file is closed by who reads it last
  private int readers;
  private boolean isClosed;

  private ServerDownload(
      long id, Wire home, Offer offer, SafePath place, SourceFile source, HeapBudget.Part heap) {
    this.heap = heap;
    this.id = id;
    this.home = home;
    this.offer = offer;
    this.place = place;
    this.source = source;
    this.pages = new HaveList.Pages(offer.layout().chunkCount(), offer.terms().identity());
    this.base = new BaseList(offer);
  }

  /** Opens the file that an OPEN asks for. */
  static ServerDownload open(Wire home, Frame frame, ServerSession session) throws IOException {
    Fields fields = frame.fields();
    String path = fields.text(Tag.PATH);
    Offer.Terms terms = Offer.Terms.read(frame, fields);
    SafePath place = SafePath.open(session.root(), path);
    try {
      requireFile(place, path);
      SourceFile source = SourceFile.open(place.directory(), place.name());
      try {
        Offer offer = new Offer(path, source.identity(), source.mode(), terms);
        session.requireChunks(offer.layout());
        HeapBudget.Part heap = session.heap().take(offer.layout());
        return new ServerDownload(frame.transfer(), home, offer, place, source, heap);
      } catch (IOException | RuntimeException e) {
        try (source) {
          throw e;
        }
      }
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
    if (isTold) {
      throw WireException.violation("BASE came after HAVE for transfer " + id);
    }
    base.add(frame);
  }

  /** Takes a page of what the client has; all of it, if it was the last one, else null. */
  @Nullable HaveList have(Frame frame) throws WireException {
    if (isTold) {
      throw WireException.violation("HAVE came twice for transfer " + id);
    }
    HaveList have = pages.add(frame);
    isTold = have != null;
    return have;
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

  private void begin(ChunkSender sending) throws IOException {
    List<Pull> pulls;
    synchronized (waiting) {
      sender = sending;
      pulls = List.copyOf(waiting);
      waiting.clear();
    }
    if (hasEnded()) { // before there was anything to end
      throw ended();
    }
    for (Pull each : pulls) {
      each.begin();
    }
  }

  /** Begins to send over a further stream, elsewhere. */
  @FunctionalInterface
  interface Pull {
    void begin() throws IOException;
  }

  /**
   * Does what a PULL asks for once sending has begun: streams have no order among them, so it may
   * come before HAVE does. A second one on the same stream changes nothing.
   */
  void whenSending(Wire stream, Pull pull) throws IOException {
    synchronized (waiting) {
      if (!pulling.add(stream)) {
        return;
      }
      if (sender == null) {
        waiting.add(pull);
        return;
      }
    }
    pull.begin();
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
    if (!enter()) {
      return;
    }
    try {
      ByteBuffer buffer = wire.chunks().take(offer.layout().chunkBytes(), wire.idle());
      try {
        work.with(buffer);
      } finally {
        wire.chunks().give(buffer);
      }
    } finally {
      leave();
    }
  }

  private synchronized boolean hasEnded() {
    return isClosed;
  }

  private ExchangeEndedException ended() {
    return new ExchangeEndedException("the download of " + offer.path() + " has ended");
  }

  private synchronized boolean enter() {
    if (!isClosed) {
      readers++;
    }
    return !isClosed;
  }

  private void leave() throws IOException {
    boolean isLast;
    synchronized (this) {
      readers--;
      isLast = isClosed && readers == 0;
    }
    if (isLast) {
      closeFile();
    }
  }

  private void closeFile() throws IOException {
    try (place;
        heap) {
      source.close();
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

  /** Ends the sending; waits for nobody, as who calls may be who reads the acknowledgements. */
  @Override
  public void close() throws IOException {
    boolean isUnread;
    synchronized (this) {
      isUnread = !isClosed && readers == 0;
      isClosed = true;
    }
    ChunkSender sending =
        sender; // looked at last: one that begins meanwhile sees that it is closed
    if (sending != null) {
      sending.fail(ended());
    }
    if (isUnread) {
      closeFile();
    }
  }
}
