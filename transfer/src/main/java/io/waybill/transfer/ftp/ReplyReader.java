package io.waybill.transfer.ftp;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Reads what a server says, with an end to it: a reply of so many characters, or one that takes so
 * long however often a byte of it comes, is given up. A line that ends with LF alone gets the CR
 * that the library waits for.
 */
final class ReplyReader extends Reader {
  private static final int REPLY_CHARS = 64 << 10;
  private static final int RAW_CHARS = 2048;
  private static final int LOOK_MILLIS = 20;

  private final Socket socket;
  private final Socket below;
  private final InputStreamReader in;
  private final char[] raw = new char[RAW_CHARS];
  private int at;
  private int end;
  private boolean afterReturn;
  private boolean hasEnded;
  private int left = REPLY_CHARS;
  private long startedAt = System.nanoTime();

  /**
   * Makes one.
   *
   * @param socket that replies are read from
   * @param below the socket that TLS lies over, or the same one
   */
  ReplyReader(Socket socket, Socket below) throws IOException {
    this.socket = socket;
    this.below = below;
    this.in = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
  }

  /** Begins the next reply. */
  void renew() {
    left = REPLY_CHARS;
    startedAt = System.nanoTime();
  }

  @Override
  public int read(char[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == end && !fill()) {
      return -1;
    }
    int count = 0;
    while (count < length && at < end) {
      if (raw[at] == '\n' && !afterReturn) {
        into[offset + count++] = '\r';
        afterReturn = true;
      } else {
        afterReturn = raw[at] == '\r';
        into[offset + count++] = raw[at++];
      }
    }
    return count;
  }

  private boolean fill() throws IOException {
    if (left <= 0) {
      throw new FtpProtocolException("A reply of more than 64 Ki characters");
    }
    int limit = socket.getSoTimeout();
    if (limit > 0 && System.nanoTime() - startedAt > TimeUnit.MILLISECONDS.toNanos(limit)) {
      throw new SocketTimeoutException("A reply was not complete after " + limit + " ms");
    }
    return !hasEnded && readRaw(Math.min(raw.length, left));
  }

  private boolean readRaw(int most) throws IOException {
    int read = in.read(raw, 0, most);
    at = 0;
    end = Math.max(0, read);
    left -= end;
    hasEnded = read < 0;
    return read >= 0;
  }

  /**
   * Says whether something has come, or the end, that nobody has asked for. TLS tells of nothing
   * before it is decrypted, so what waits below it is read; there may be nothing in it, as tickets
   * and changed keys are sent at any time (RFC 8446 4.6).
   */
  boolean hasMore() throws IOException {
    if (ready() || hasEnded) {
      return true;
    }
    if (below.getInputStream().available() == 0) {
      return false;
    }
    int usual = socket.getSoTimeout();
    socket.setSoTimeout(LOOK_MILLIS);
    renew();
    try {
      if (!readRaw(raw.length)) {
        return true;
      }
    } catch (SocketTimeoutException e) {
      socket.setSoTimeout(usual);
      return false;
    }
    socket.setSoTimeout(usual);
    return true;
  }

  @Override
  public boolean ready() throws IOException {
    return at < end || in.ready();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
