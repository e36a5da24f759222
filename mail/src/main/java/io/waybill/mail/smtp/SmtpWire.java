package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.Reply;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.Connector;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Speaks lines with an SMTP server: one command, one reply (RFC 5321 4.1.1, 4.2). */
final class SmtpWire {
  private static final int MAX_LINE = 4096;
  private static final int MAX_LINES = 256;
  private static final int COPY_BUFFER = 64 * 1024;

  private final MailAccount account;
  private final int port;
  private final Socket plain;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private @Nullable String tls;
  private List<String> replyLines = List.of();

  private SmtpWire(MailAccount account, int port, Socket plain) throws IOException {
    this.account = account;
    this.port = port;
    this.plain = plain;
    this.socket = plain;
    this.in = new BufferedInputStream(plain.getInputStream());
    this.out = new BufferedOutputStream(plain.getOutputStream(), COPY_BUFFER);
  }

  static SmtpWire connect(MailAccount account, int port, CallGuard guard) throws IOException {
    return new SmtpWire(account, port, Connector.connect(account, port, guard));
  }

  /** Goes over to TLS; what the peer said before it is not carried into the protected session. */
  void startTls() throws IOException {
    if (in.available() > 0) {
      throw new SmtpFailure(
          SmtpFailure.Kind.TLS, "the server spoke out of turn before TLS", null, null);
    }
    SSLSocket secured = Connector.secure(account, plain, port);
    socket = secured;
    in = new BufferedInputStream(secured.getInputStream());
    out = new BufferedOutputStream(secured.getOutputStream(), COPY_BUFFER);
    SSLSession session = secured.getSession();
    tls = session.getProtocol() + " " + session.getCipherSuite();
  }

  @Nullable String tls() {
    return tls;
  }

  /** The socket to close when a call must end from outside: the plain one, which never blocks. */
  Socket rawSocket() {
    return plain;
  }

  void replyTimeout(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
  }

  Reply command(String line) throws IOException {
    write(line);
    return readReply();
  }

  private void write(String line) throws IOException {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c < ' ' || c > '~') {
        // Addresses are checked far above; this is the last place where a command could be split.
        throw new IllegalArgumentException("a command may hold only printable ASCII");
      }
    }
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  Reply readReply() throws IOException {
    List<String> texts = new ArrayList<>();
    String code = null;
    while (texts.size() < MAX_LINES) {
      String line = readLine();
      if (line.length() < 3 || !line.substring(0, 3).chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new IOException("the server's answer does not start with a reply code");
      }
      if (code != null && !line.startsWith(code)) {
        throw new IOException("the reply code changed within one answer");
      }
      code = line.substring(0, 3);
      texts.add(line.length() > 4 ? line.substring(4).strip() : "");
      if (line.length() == 3 || line.charAt(3) != '-') {
        int number = Integer.parseInt(code);
        if (number < 200 || number > 599) {
          throw new IOException("the server answered with the impossible code " + number);
        }
        replyLines = List.copyOf(texts);
        return new Reply(number, String.join(" ", texts));
      }
    }
    throw new IOException("the server's answer has more than " + MAX_LINES + " lines");
  }

  /** The texts of the latest answer, line by line: EHLO says one thing on each. */
  List<String> replyLines() {
    return replyLines;
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (b == '\n') {
        return line.toString();
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("the server's answer has a line of more than " + MAX_LINE + " bytes");
      }
      if (b != '\r') {
        line.append(b < ' ' || b > '~' ? '?' : (char) b);
      }
    }
  }

  /**
   * Writes content with dots doubled at line starts (RFC 5321 4.5.2), up to but not including the
   * final dot. The content must end with CRLF.
   */
  void writeContent(InputStream content) throws IOException {
    byte[] buffer = new byte[COPY_BUFFER];
    boolean lineStart = true;
    for (int n = read(content, buffer); n >= 0; n = read(content, buffer)) {
      int from = 0;
      for (int i = 0; i < n; i++) {
        if (lineStart && buffer[i] == '.') {
          out.write(buffer, from, i - from);
          out.write('.');
          from = i;
        }
        lineStart = buffer[i] == '\n';
      }
      out.write(buffer, from, n - from);
    }
    if (!lineStart) {
      throw new IOException("the message does not end with a line end");
    }
    out.flush();
  }

  private static int read(InputStream content, byte[] buffer) throws SmtpFailure {
    try {
      return content.read(buffer);
    } catch (IOException e) {
      throw new SmtpFailure(SmtpFailure.Kind.CONTENT, "the frozen message cannot be read", null, e);
    }
  }

  void close() throws IOException {
    socket.close();
  }

  /** Ends the connection without a goodbye, also under a thread that waits on it. */
  void abort() throws IOException {
    plain.close();
  }
}
