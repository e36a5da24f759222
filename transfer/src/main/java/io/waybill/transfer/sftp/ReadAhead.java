package io.waybill.transfer.sftp;

import io.waybill.transfer.remote.ByteSink;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file with many requests on the way at once. Replies may come in any order and may be
 * shorter than asked for; the sink gets the bytes in order. What waits for its turn is at most what
 * is on the way.
 */
final class ReadAhead {
  /** How many requests are on the way: one after another, a file comes at one per round trip. */
  static final int REQUESTS = 64;

  // a second of a rate is on the way at most: it would come at once, and then wait
  private static final int SINKFULS = 10;

  private static final class Piece {
    final long offset;
    int length;
    byte @Nullable [] data;

    Piece(long offset, int length) {
      this.offset = offset;
      this.length = length;
    }
  }

  private final SftpClient client;
  private final byte[] handle;
  private final Duration patience;
  private final Runnable moved;
  private final Map<Integer, Piece> asked = new HashMap<>();
  private final TreeMap<Long, Piece> pieces = new TreeMap<>();
  private long nextOffset;
  private long end;
  private boolean enough;
  private @Nullable SftpStatusException refusal;
  private @Nullable IOException lost;

  /**
   * Prepares.
   *
   * @param end where to stop, {@link Long#MAX_VALUE} for where the file ends
   * @param patience the longest wait for one reply
   * @param moved called when bytes have come
   */
  ReadAhead(
      SftpClient client, byte[] handle, long offset, long end, Duration patience, Runnable moved) {
    this.client = client;
    this.handle = handle;
    this.nextOffset = offset;
    this.end = end;
    this.patience = patience;
    this.moved = moved;
  }

  /** Reads until the end, or until the sink has enough. */
  void run(ByteSink sink) throws IOException {
    while (true) {
      while (!isOver() && lost == null && nextOffset < end && hasRoom(sink)) {
        int most = Math.min(client.readBytes(), sink.most());
        int length = (int) Math.min(most, end - nextOffset);
        ask(new Piece(nextOffset, length));
        nextOffset += length;
      }
      if (asked.isEmpty()) {
        break;
      }
      take(receive(), sink);
    }
    if (refusal != null) {
      throw refusal;
    }
    if (lost != null) {
      throw lost;
    }
  }

  private boolean hasRoom(ByteSink sink) {
    return pieces.isEmpty()
        || (pieces.size() < REQUESTS
            && nextOffset - pieces.firstKey() < (long) SINKFULS * sink.most());
  }

  private boolean isOver() {
    return enough || refusal != null;
  }

  // Where nothing can be sent any more, what has come already is still good: up to 2 MiB that need
  // not be sent again.
  private void ask(Piece piece) {
    if (lost != null) {
      return;
    }
    pieces.put(piece.offset, piece);
    Request request = new Request(Fxp.READ).string(handle).int64(piece.offset).int32(piece.length);
    try {
      asked.put(client.wire().send(request), piece);
    } catch (IOException e) {
      lost = e;
    }
  }

  private Reply receive() throws IOException {
    try {
      return client.wire().receive(patience);
    } catch (IOException e) {
      if (lost != null) {
        e.addSuppressed(lost);
      }
      throw e;
    }
  }

  private void take(Reply reply, ByteSink sink) throws IOException {
    Piece piece = asked.remove(reply.id());
    if (piece == null) {
      throw new SftpProtocolException("A reply to request " + reply.id() + ", which nobody sent");
    }
    moved.run();
    if (reply.type() == Fxp.STATUS) {
      pieces.remove(piece.offset);
      SftpStatusException status = reply.status("READ");
      if (status.code() == Status.EOF) {
        end = Math.min(end, piece.offset);
      } else if (refusal == null) {
        refusal = status;
      }
    } else if (reply.type() == Fxp.DATA) {
      arrived(piece, reply.bytes());
    } else {
      throw reply.unexpected("READ");
    }
    deliver(sink);
  }

  private void arrived(Piece piece, byte[] data) throws IOException {
    if (data.length > piece.length || data.length == 0) {
      throw new SftpProtocolException(
          "%d bytes for a READ of %d".formatted(data.length, piece.length));
    }
    int missing = piece.length - data.length;
    piece.data = data;
    piece.length = data.length;
    if (missing > 0 && !isOver()) {
      ask(new Piece(piece.offset + data.length, missing));
    }
  }

  private void deliver(ByteSink sink) throws IOException {
    while (!pieces.isEmpty() && !isOver()) {
      Piece first = pieces.firstEntry().getValue();
      byte[] data = first.data;
      if (data == null || first.offset >= end) {
        return;
      }
      pieces.remove(first.offset);
      enough = !sink.accept(data, data.length);
    }
  }
}
