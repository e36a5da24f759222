package io.waybill.jobs.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What an FTP server says to whoever connects. */
final class Greeting {
  private static final int REPLY_BYTES = 8192;
  private static final int SHOWN_CHARS = 200;

  private Greeting() {}

  /** Reads it, and returns its last line without the code. */
  static String of(Socket connected) throws IOException {
    String line = reply(connected.getInputStream(), "220").substring("220 ".length());
    return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "..." : line;
  }

  /** Goes on to where TLS begins (RFC 4217): the greeting, AUTH TLS, 234. */
  static Socket untilTls(Socket connected) throws IOException {
    boolean isThere = false;
    try {
      reply(connected.getInputStream(), "220");
      connected.getOutputStream().write("AUTH TLS\r\n".getBytes(StandardCharsets.US_ASCII));
      connected.getOutputStream().flush();
      reply(connected.getInputStream(), "234");
      isThere = true;
      return connected;
    } finally {
      if (!isThere) {
        connected.close();
      }
    }
  }

  private static String reply(InputStream in, String wanted) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < REPLY_BYTES; i++) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("it hung up instead of saying " + wanted);
      }
      if (next == '\n') {
        if (line.toString().startsWith(wanted + " ")) {
          return line.toString();
        }
        if (!line.toString().startsWith(wanted + "-") && line.toString().matches("[0-9]{3} .*")) {
          throw new IOException("it said \"" + line + "\" instead of " + wanted);
        }
        line.setLength(0);
      } else if (next >= ' ') {
        line.append((char) next);
      }
    }
    throw new IOException("it said more than " + REPLY_BYTES + " bytes before " + wanted);
  }
}
