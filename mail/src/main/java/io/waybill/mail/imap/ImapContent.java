package io.waybill.mail.imap;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads the content of one message piece by piece, so that its length costs no memory. Pieces grow
 * from 1 to 4 MiB: on a long way each costs a round trip.
 */
final class ImapContent extends InputStream {
  private static final int FIRST = 1 << 20;
  private static final int LARGEST = 4 << 20;

  private final Pieces pieces;
  private final long uid;
  private byte[] piece = new byte[0];
  private int position;
  private long offset;
  private int next = FIRST;
  private boolean isLast;

  ImapContent(Pieces pieces, long uid) {
    this.pieces = pieces;
    this.uid = uid;
  }

  /** Where pieces come from. */
  @FunctionalInterface
  interface Pieces {
    /** Returns a piece, shorter than asked for only at the end; empty if the message is gone. */
    Optional<byte[]> at(long offset, int length) throws IOException;
  }

  @Override
  public int read() throws IOException {
    return isAtEnd() ? -1 : piece[position++] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int at, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (isAtEnd()) {
      return -1;
    }
    int n = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, bytes, at, n);
    position += n;
    return n;
  }

  /** What the server said of the length is not relied on: a short piece is the last. */
  private boolean isAtEnd() throws IOException {
    while (position == piece.length) {
      if (isLast) {
        return true;
      }
      piece = new byte[0]; // before the next one takes its place in memory
      piece = pieces.at(offset, next).orElseThrow(() -> new GoneException(uid));
      position = 0;
      offset += piece.length;
      isLast = piece.length < next;
      next = Math.min(LARGEST, 2 * next);
    }
    return false;
  }

  @Override
  public int available() {
    return piece.length - position;
  }
}
