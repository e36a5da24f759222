package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.ChunkSender;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.exchange.Patience;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The uploads and downloads that one session has open, by transfer id. */
public final class ServerTransfers implements Closeable {
  private static final int MOST_OPEN = 16;
  private static final int MOST_REMEMBERED = 16;

  private final Wire wire;
  private final Path root;
  private final String user;
  private final boolean useZeroChunks;
  private final Map<Long, ChunkReceiver> uploads = new HashMap<>();
  private final Map<Long, Download> downloads = new HashMap<>();
  private final Map<Long, Committed> committed = new LinkedHashMap<>();
  private final Map<Long, Offer> offers = new HashMap<>();
  private long highestId;

  /** A file that is being sent; its sender is there once the client said what it has. */
  private static final class Download implements Closeable {
    private final SafePath place;
    private final SourceFile source;
    private @Nullable ChunkSender sender;

    Download(SafePath place, SourceFile source) {
      this.place = place;
      this.source = source;
    }

    @Override
    public void close() throws IOException {
      try (place) {
        source.close();
      }
    }
  }

  public ServerTransfers(Wire wire, Path root, String user, boolean useZeroChunks) {
    this.wire = wire;
    this.root = root;
    this.user = user;
    this.useZeroChunks = useZeroChunks;
  }

  public boolean isEmpty() {
    return offers.isEmpty();
  }

  /** The path of a transfer, to speak of it; empty if it is not open. */
  public String path(long transfer) {
    Offer offer = offers.get(transfer);
    return offer == null ? "" : offer.path();
  }

  /** How long the client may be silent, given what it works on. */
  public Duration patience(Duration atRest) {
    Duration longest = offers.isEmpty() ? atRest : wire.idle();
    for (Map.Entry<Long, Download> entry : downloads.entrySet()) {
      Offer offer = offers.get(entry.getKey());
      ChunkSender sender = entry.getValue().sender;
      if (offer != null && sender != null && sender.isCommitted()) {
        Duration verifying = Patience.forFile(offer.source().sizeBytes());
        longest = verifying.compareTo(longest) > 0 ? verifying : longest;
      }
    }
    return longest;
  }

  /** OFFER: an upload begins, or goes on. */
  public void offer(Frame frame) throws IOException {
    Offer offer = Offer.read(frame);
    begin(frame.transfer(), offer);
    SafePath.segments(offer.path());
    Target target =
        new Target(
            () -> SafePath.open(root, offer.path()).directory(),
            name(offer.path()),
            "waybill user=" + user);
    ChunkReceiver receiver = new ChunkReceiver(wire, frame.transfer(), offer, target);
    uploads.put(frame.transfer(), receiver);
    receiver.have().send(wire, frame.transfer());
    if (receiver.have().basis() == HaveList.Basis.EQUAL_UNREAD) {
      end(frame.transfer());
    }
  }

  /** OPEN: the client asks for a file; it is told which version there is. */
  public void open(Frame frame) throws IOException {
    Fields fields = frame.fields();
    String path = fields.text(Tag.PATH);
    Offer.Terms terms = Offer.Terms.read(frame, fields);
    SafePath place = SafePath.open(root, path);
    try {
      requireFile(place, path);
      SourceFile source = SourceFile.open(place.directory(), place.name());
      Offer offer = new Offer(path, source.identity(), terms);
      try {
        begin(frame.transfer(), offer);
      } catch (IOException e) {
        source.close();
        throw e;
      }
      downloads.put(frame.transfer(), new Download(place, source));
      offer.send(wire, frame.transfer());
    } catch (IOException e) {
      if (!downloads.containsKey(frame.transfer())) {
        place.close();
      }
      throw e;
    }
  }

  private static void requireFile(SafePath place, String path) throws IOException {
    var found = place.directory().attributes(place.name());
    if (found.isPresent() && !found.get().isRegularFile()) {
      throw new WireException(ErrorCode.WRONG_KIND, path + " is no regular file");
    }
  }

  /** HAVE: the client says what it has of the file it asked for. */
  public void have(Frame frame, Duration patience) throws IOException {
    Download download = downloads.get(frame.transfer());
    Offer offer = offers.get(frame.transfer());
    if (download == null || offer == null) {
      requireLate(frame);
      return;
    }
    if (download.sender != null) {
      throw WireException.violation("HAVE came twice for transfer " + frame.transfer());
    }
    HaveList have = HaveList.read(wire, frame, offer.layout().chunkCount(), patience);
    if (have.basis() == HaveList.Basis.EQUAL_UNREAD) {
      end(frame.transfer());
      return;
    }
    download.sender =
        new ChunkSender(wire, frame.transfer(), offer, download.source, have, useZeroChunks);
  }

  /** CHUNK: a piece of an upload. */
  public void chunk(Frame frame) throws IOException {
    ChunkReceiver receiver = uploads.get(frame.transfer());
    if (receiver == null) {
      requireLate(frame);
      return;
    }
    receiver.chunk(frame);
  }

  /** CHUNK_ACK: a piece of a download arrived, well or damaged. */
  public void acknowledged(Frame frame) throws IOException {
    Download download = downloads.get(frame.transfer());
    if (download == null) {
      requireLate(frame);
    } else if (download.sender == null) {
      throw WireException.violation("CHUNK_ACK came before any CHUNK");
    } else {
      download.sender.acknowledged(frame);
    }
  }

  /** COMMIT: an upload is complete. Said again, it is answered again. */
  public void commit(Frame frame) throws IOException {
    Committed done = committed.get(frame.transfer());
    ChunkReceiver receiver = uploads.get(frame.transfer());
    if (done == null) {
      if (receiver == null) {
        requireLate(frame);
        return;
      }
      done = receiver.commit(frame);
      committed.put(frame.transfer(), done);
      if (committed.size() > MOST_REMEMBERED) {
        committed.remove(committed.keySet().iterator().next());
      }
      end(frame.transfer());
    }
    done.send(wire, frame.transfer());
  }

  /** COMMITTED: a download is complete. */
  public void committed(Frame frame) throws IOException {
    requireLate(frame);
    end(frame.transfer());
  }

  /** ABORT: the client gives a transfer up. */
  public void abort(Frame frame) throws IOException {
    requireLate(frame);
    ChunkReceiver receiver = uploads.get(frame.transfer());
    if (receiver != null && frame.has(FrameType.DISCARD)) {
      receiver.discard();
    }
    end(frame.transfer());
  }

  /** Sends one more piece of a download; false if none can be sent now. */
  public boolean step() throws IOException {
    for (Map.Entry<Long, Download> entry : downloads.entrySet()) {
      ChunkSender sender = entry.getValue().sender;
      if (sender == null || sender.isCommitted()) {
        continue;
      }
      try {
        if (sender.canStep()) {
          sender.step();
          return true;
        }
        if (sender.isComplete()) {
          sender.commit();
          return true;
        }
      } catch (LostException e) {
        throw e;
      } catch (IOException e) {
        fail(entry.getKey(), ServerErrors.translate(path(entry.getKey()), e));
        return true;
      }
    }
    return false;
  }

  /** Ends one transfer with an error, which the client hears in any case; the session goes on. */
  public void fail(long transfer, WireException error) throws IOException {
    try {
      end(transfer);
    } catch (IOException e) {
      error.addSuppressed(e);
    }
    wire.sendError(transfer, error);
  }

  private void begin(long transfer, Offer offer) throws WireException {
    if (transfer <= highestId) {
      throw WireException.violation(
          "transfer " + transfer + " came after " + highestId + "; ids must rise");
    }
    highestId = transfer;
    if (offers.size() >= MOST_OPEN) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED, "more than " + MOST_OPEN + " transfers in one session");
    }
    offers.put(transfer, offer);
  }

  // frames of a transfer that ended a moment ago may still be on the way; others are nonsense
  private void requireLate(Frame frame) throws WireException {
    if (frame.transfer() <= 0 || frame.transfer() > highestId) {
      throw WireException.violation(
          frame.type() + " came for transfer " + frame.transfer() + ", which never began");
    }
  }

  /** Lets go of a transfer; an unfinished part file is kept. */
  public void end(long transfer) throws IOException {
    offers.remove(transfer);
    ChunkReceiver receiver = uploads.remove(transfer);
    Download download = downloads.remove(transfer);
    if (receiver != null) {
      receiver.close();
    }
    if (download != null) {
      download.close();
    }
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Lets go of everything; the first failure is thrown, the others with it. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (long transfer : offers.keySet().toArray(Long[]::new)) {
      try {
        end(transfer);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
