package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Reads lines and contents, and writes bytes, on one connection of a server. */
final class SmtpWire {
  /** With a login's initial response (RFC 4954 4). */
  private static final int LONGEST_LINE = 12_288;

  private static final int LINGER_MILLIS = 100;

  private final SmtpLedger ledger;
  private final int number;
  private final Socket plain;
  private final byte[] buffer = new byte[64 * 1024];
  private final ByteArrayOutputStream unended = new ByteArrayOutputStream();
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private int position;
  private int limit;
  private int readBytes;
  private boolean isWellFormed = true;

  SmtpWire(SmtpLedger ledger, int number, Socket plain) throws IOException {
    this.ledger = ledger;
    this.number = number;
    this.plain = plain;
    this.socket = plain;
    plain.setTcpNoDelay(true); // a second reply is not held back until the first is acknowledged
    this.in = plain.getInputStream();
    this.out = plain.getOutputStream();
  }

  /** Reads a line, without its end; null if the client ended before it. */
  @Nullable String readLine() throws IOException {
    int end = lineFeed(position);
    while (end < 0) {
      keep(position, limit);
      position = limit;
      if (!fill()) {
        return null;
      }
      noteBatch(new ArrayList<>(), unended.toString(UTF_8));
      end = lineFeed(position);
    }
    keep(position, end);
    position = end + 1;
    String line = unended.toString(UTF_8);
    unended.reset();
    boolean hasReturn = line.endsWith("\r");
    isWellFormed = hasReturn && line.length() <= LONGEST_LINE;
    return hasReturn ? line.substring(0, line.length() - 1) : line;
  }

  /** Says whether the last line had a bearable length and ended with CRLF. */
  boolean isWellFormed() {
    return isWellFormed;
  }

  private int lineFeed(int from) {
    for (int i = from; i < limit; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void keep(int from, int to) {
    unended.write(buffer, from, Math.min(to - from, LONGEST_LINE + 2 - unended.size()));
  }

  private boolean fill() throws IOException {
    int n = in.read(buffer);
    position = 0;
    limit = Math.max(n, 0);
    readBytes = limit;
    return n > 0;
  }

  /** Notes the lines that are complete with what was read last, behind {@code commands}. */
  private void noteBatch(List<String> commands, String before) {
    String begun = before;
    int from = position;
    for (int end = lineFeed(from); end >= 0; end = lineFeed(from)) {
      String line = begun + new String(buffer, from, end - from, UTF_8);
      commands.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
      begun = "";
      from = end + 1;
    }
    if (!commands.isEmpty()) {
      ledger.batch(number, readBytes, commands);
    }
  }

  /**
   * Hands on what comes next of a content, up to {@code mostBytes} of it in all; false if the
   * client ends.
   */
  boolean readContent(SmtpContent content, long mostBytes) throws IOException {
    if (position == limit && !fill()) {
      return false;
    }
    int count = (int) Math.min(limit - position, mostBytes - content.wireBytes());
    position = content.take(buffer, position, position + count);
    if (content.isComplete()) {
      noteBatch(new ArrayList<>(List.of(".")), "");
    }
    return true;
  }

  /** Reads until the client ends, and keeps nothing. */
  void swallow() throws IOException {
    while (fill()) {
      position = limit;
    }
  }

  /** Writes bytes at once, in one packet if they fit. */
  void write(byte[] bytes) throws IOException {
    synchronized (plain) {
      out.write(bytes);
      out.flush();
    }
  }

  /** Shakes hands; what the client said before it is forgotten (RFC 3207 4.2). */
  void startTls(SSLContext context) throws IOException {
    position = limit;
    unended.reset();
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), false);
    secured.setUseClientMode(false);
    secured.startHandshake();
    socket = secured;
    in = secured.getInputStream();
    out = secured.getOutputStream();
  }

  /** Returns the version of TLS, or nothing. */
  String tlsVersion() {
    return socket instanceof SSLSocket secured ? secured.getSession().getProtocol() : "";
  }

  /** Ends our side (FIN), under TLS without an end of TLS. */
  void drop() throws IOException {
    plain.shutdownOutput();
  }

  /** Ends the connection at once (RST). */
  void reset() throws IOException {
    plain.setSoLinger(true, 0);
    plain.close();
  }

  /**
   * Ends our side in order, with an end of TLS, and gives the client a moment to end its own:
   * closing with something unread would make a reset of it, which can overtake the last reply.
   */
  void finish() throws IOException {
    endOutput();
    long deadline = System.nanoTime() + LINGER_MILLIS * 1_000_000L;
    plain.setSoTimeout(LINGER_MILLIS);
    try {
      InputStream rest = plain.getInputStream();
      while (rest.read(buffer) >= 0 && System.nanoTime() < deadline) {
        // nobody is interested any more
      }
    } catch (SocketTimeoutException e) {
      plain.setSoTimeout(0);
    }
  }

  private void endOutput() throws IOException {
    if (socket instanceof SSLSocket secured) {
      secured.shutdownOutput();
    }
    plain.shutdownOutput();
  }

  /** Ends the connection in order, from another thread. */
  void close() throws IOException {
    endOutput();
    plain.close();
  }
}
