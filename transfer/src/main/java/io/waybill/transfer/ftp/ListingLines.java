package io.waybill.transfer.ftp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Cuts a listing into lines of at most 16 KiB, ended by LF or CRLF. */
final class ListingLines {
  private static final int LINE_BYTES = 16 << 10;

  private final InputStream in;
  private final byte[] buffer;
  private final Function<IOException, IOException> reason;
  private int at;
  private int end;

  /**
   * Prepares.
   *
   * @param buffer is used until the last line; longer than the longest line
   * @param reason finds out why reading failed
   */
  ListingLines(InputStream in, byte[] buffer, Function<IOException, IOException> reason) {
    this.in = in;
    this.buffer = buffer;
    this.reason = reason;
  }

  /** Returns the next line without its end, or null if there is none. */
  @Nullable String next() throws IOException {
    int searched = at;
    while (true) {
      for (int i = searched; i < end; i++) {
        if (buffer[i] == '\n') {
          return line(i, i + 1);
        }
      }
      searched = end;
      if (end - at > LINE_BYTES) {
        throw new FtpProtocolException("A listing line of more than 16 KiB");
      }
      if (end == buffer.length) {
        System.arraycopy(buffer, at, buffer, 0, end - at);
        searched -= at;
        end -= at;
        at = 0;
      }
      if (!fill()) {
        return at == end ? null : line(end, end);
      }
    }
  }

  private String line(int lineEnd, int next) throws FtpProtocolException {
    int from = at;
    at = next;
    if (lineEnd - from > LINE_BYTES) {
      throw new FtpProtocolException("A listing line of more than 16 KiB");
    }
    int length = lineEnd > from && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
    return new String(buffer, from, length - from, StandardCharsets.UTF_8);
  }

  private boolean fill() throws IOException {
    try {
      int read = in.read(buffer, end, buffer.length - end);
      end += Math.max(0, read);
      return read >= 0;
    } catch (IOException e) {
      throw reason.apply(e);
    }
  }
}
