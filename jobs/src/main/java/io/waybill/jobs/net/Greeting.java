package io.waybill.jobs.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What servers say in clear before TLS begins. */
public final class Greeting {
  private static final int REPLY_BYTES = 8192;
  private static final int SHOWN_CHARS = 200;

  private Greeting() {}

  /**
   * Reads what an FTP server says to whoever connects, and returns its last line without the code.
   *
   * @throws IOException if it says anything else
   */
  public static String of(Socket connected) throws IOException {
    String line = reply(connected.getInputStream(), "220").substring("220 ".length());
    return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "..." : line;
  }

  /**
   * Goes on to where TLS begins at an FTP server (RFC 4217): the greeting, AUTH TLS, 234.
   *
   * @throws IOException if it does not go there; the socket is closed then
   */
  public static Socket untilTls(Socket connected) throws IOException {
    return until(connected, "220", List.of(new Turn("AUTH TLS", "234")));
  }

  /**
   * Goes on to where TLS begins at an SMTP server (RFC 3207).
   *
   * @throws IOException if it does not go there; the socket is closed then
   */
  public static Socket untilSmtpTls(Socket connected) throws IOException {
    return until(
        connected,
        "220",
        List.of(new Turn("EHLO [127.0.0.1]", "250"), new Turn("STARTTLS", "220")));
  }

  /**
   * Goes on to where TLS begins at an IMAP server (RFC 9051 6.2.1).
   *
   * @throws IOException if it does not go there; the socket is closed then
   */
  public static Socket untilImapTls(Socket connected) throws IOException {
    return until(connected, "* OK", List.of(new Turn("1 STARTTLS", "1 OK")));
  }

  /** What is said, and how the last line of the answer begins. */
  private record Turn(String line, String wanted) {}

  private static Socket until(Socket connected, String greeting, List<Turn> turns)
      throws IOException {
    boolean isThere = false;
    try {
      reply(connected.getInputStream(), greeting);
      for (Turn turn : turns) {
        connected
            .getOutputStream()
            .write((turn.line() + "\r\n").getBytes(StandardCharsets.US_ASCII));
        connected.getOutputStream().flush();
        reply(connected.getInputStream(), turn.wanted());
      }
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
        if (!line.toString().startsWith(wanted + "-")
            && line.toString().matches("[0-9]{3} .*|1 .*|\\* BYE.*")) {
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
