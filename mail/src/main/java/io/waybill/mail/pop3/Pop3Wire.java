package io.waybill.mail.pop3;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.Connector;
import io.waybill.mail.net.ForeignText;
import io.waybill.mail.net.StallGuardedOutput;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Speaks lines with a POP3 server, and hands on what it sends without keeping it. */
final class Pop3Wire {
  private static final int MAX_LINE = 8192;
  private static final long MOST_LISTED = 64L << 20;
  private static final int MAX_COMMAND = 12_288;
  private static final int BUFFER = 64 * 1024;
  private static final int MOST_SHOWN = 300;

  private final MailAccount account;
  private final int port;
  private final Socket plain;
  private InputStream in;
  private StallGuardedOutput out;

  private Pop3Wire(MailAccount account, int port, Socket plain, Socket spoken) throws IOException {
    this.account = account;
    this.port = port;
    this.plain = plain;
    Socket tapped = account.tap().apply(spoken);
    this.in = new BufferedInputStream(tapped.getInputStream(), BUFFER);
    this.out = new StallGuardedOutput(tapped.getOutputStream(), plain, account.writeTimeout());
  }

  /** Connects, under TLS if it is to begin so, and hears the greeting. */
  static Pop3Wire connect(MailAccount account, int port, CallGuard guard) throws IOException {
    Socket plain = Connector.connect(account, port, guard);
    try {
      Socket spoken =
          account.security() == MailSecurity.IMPLICIT_TLS
              ? Connector.secure(account, plain, port)
              : plain;
      Pop3Wire wire = new Pop3Wire(account, port, plain, spoken);
      wire.readStatus(false);
      return wire;
    } catch (IOException | RuntimeException e) {
      try {
        plain.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Goes over to TLS (RFC 2595); what was said before it is not carried on. */
  void secure() throws IOException {
    command("STLS");
    if (in.available() > 0) {
      throw new IOException("the server spoke out of turn before TLS");
    }
    out.retire();
    Socket tapped = account.tap().apply(Connector.secure(account, plain, port));
    in = new BufferedInputStream(tapped.getInputStream(), BUFFER);
    out = new StallGuardedOutput(tapped.getOutputStream(), plain, account.writeTimeout());
  }

  /**
   * Sends a command and returns what stands behind its {@code +OK}.
   *
   * @throws Pop3Refusal if the server says no
   */
  String command(String line) throws IOException {
    send(line);
    return readStatus(false);
  }

  /** Sends a line of a login, whose refusal is one of the login. */
  String login(String line) throws IOException {
    if (!isOneLine(line)) {
      throw new Pop3Refusal(
          "user or password hold what no line of POP3 can carry; no login was tried", true);
    }
    send(line);
    return readStatus(true);
  }

  private void send(String line) throws IOException {
    if (!isOneLine(line)) {
      throw new IllegalArgumentException("a command is one line");
    }
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static boolean isOneLine(String line) {
    return line.length() <= MAX_COMMAND && line.chars().noneMatch(c -> c < ' ' || c == 0x7f);
  }

  /** Whether the server has said more than was read. */
  boolean hasMore() throws IOException {
    return in.available() > 0;
  }

  /** Returns the text of a positive answer; with a {@code +} before it, of a challenge. */
  private String readStatus(boolean isLogin) throws IOException {
    String line = readLine();
    if (line.startsWith("+OK")) {
      return line.substring(3).strip();
    }
    if (isLogin && (line.equals("+") || line.startsWith("+ "))) {
      return "+ " + line.substring(1).strip();
    }
    if (line.startsWith("-ERR")) {
      throw new Pop3Refusal(ForeignText.show(line.substring(4), MOST_SHOWN, List.of()), isLogin);
    }
    throw new IOException("the server's answer is no POP3");
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server ended the connection");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("a line of the server has more than " + MAX_LINE + " bytes");
      }
      line.append((char) b);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  /** Sends a command and returns the lines of its answer, of which there may be so many. */
  List<String> lines(String command, int most) throws IOException {
    String unused = command(command);
    List<String> lines = new ArrayList<>();
    long left = MOST_LISTED;
    for (String line = readLine(); !line.equals("."); line = readLine()) {
      left -= line.length();
      if (lines.size() == most || left < 0) {
        throw new IOException(
            "the server lists more than %d lines or %d bytes".formatted(most, MOST_LISTED));
      }
      lines.add(line.startsWith(".") ? line.substring(1) : line);
    }
    return lines;
  }

  /** Sends a command and opens the content that is its answer; it is read to its end. */
  InputStream content(String command) throws IOException {
    String unused = command(command);
    return new Pop3Content(in);
  }

  void close() throws IOException {
    out.retire();
    plain.close();
  }
}
