package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.Reply;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.Connector;
import io.waybill.mail.net.StallGuardedOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Speaks lines with an SMTP server. Commands are buffered until {@link #flush()}, so that several
 * can travel together (RFC 2920).
 */
final class SmtpWire {
  private static final int COPY_BUFFER = 64 * 1024;

  /** The longest line that a login may need (RFC 4954 4). */
  static final int MAX_COMMAND = 12_288;

  private final MailAccount account;
  private final int port;
  private final Socket plain;
  private Socket socket;
  private ReplyReader replies;
  private StallGuardedOutput guarded;
  private OutputStream out;
  private @Nullable SSLSession tls;

  private SmtpWire(MailAccount account, int port, Socket plain) throws IOException {
    this.account = account;
    this.port = port;
    this.plain = plain;
    this.socket = account.tap().apply(plain);
    this.replies = new ReplyReader(socket.getInputStream());
    this.guarded = guard(socket);
    this.out = new BufferedOutputStream(guarded, COPY_BUFFER);
  }

  static SmtpWire connect(MailAccount account, int port, CallGuard guard) throws IOException {
    Socket plain = Connector.connect(account, port, guard);
    try {
      return new SmtpWire(account, port, plain);
    } catch (IOException | RuntimeException e) {
      try {
        plain.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private StallGuardedOutput guard(Socket spoken) throws IOException {
    return new StallGuardedOutput(spoken.getOutputStream(), plain, account.writeTimeout());
  }

  /** Goes over to TLS; what the peer said before it is not carried into the protected session. */
  void startTls() throws IOException {
    if (replies.hasMore()) {
      throw new SmtpFailure(
          SmtpFailure.Kind.TLS, "the server spoke out of turn before TLS", null, null);
    }
    guarded.retire();
    SSLSocket secured = Connector.secure(account, plain, port);
    tls = secured.getSession();
    socket = account.tap().apply(secured);
    replies = new ReplyReader(socket.getInputStream());
    guarded = guard(socket);
    out = new BufferedOutputStream(guarded, COPY_BUFFER);
  }

  /** Whether the connection was closed here, or the peer said something that nobody asked. */
  boolean isOver() throws IOException {
    return plain.isClosed() || replies.hasMore();
  }

  /** Returns protocol and cipher, or null while the connection is not protected. */
  @Nullable String tls() {
    return tls == null ? null : tls.getProtocol() + " " + tls.getCipherSuite();
  }

  /** Returns the certificate that the server showed. */
  Optional<X509Certificate> certificate() {
    if (tls == null) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = tls.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate first
          ? Optional.of(first)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /** The socket to close when a call must end from outside: the plain one, which never blocks. */
  Socket rawSocket() {
    return plain;
  }

  void replyTimeout(Duration timeout) throws IOException {
    socket.setSoTimeout((int) timeout.toMillis());
  }

  /** Sends a command and returns its reply. */
  Reply command(String line) throws IOException {
    write(line);
    flush();
    return readReply();
  }

  /** Puts a command behind those that wait for {@link #flush()}. */
  void write(String line) throws IOException {
    if (line.length() > MAX_COMMAND) {
      throw new IllegalArgumentException("a command may have " + MAX_COMMAND + " characters");
    }
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c < ' ' || (c >= 0x7f && c <= 0x9f)) {
        // Never reached by way of the API, whose values are checked; a command must not be split.
        throw new IllegalArgumentException("a command may hold no control character");
      }
    }
    out.write(line.getBytes(StandardCharsets.UTF_8));
    out.write('\r');
    out.write('\n');
  }

  void flush() throws IOException {
    out.flush();
  }

  Reply readReply() throws IOException {
    return replies.read();
  }

  /** The latest reply line by line: EHLO says one thing on each. */
  ReplyReader replies() {
    return replies;
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
      throw new SmtpFailure(
          SmtpFailure.Kind.CONTENT, "the frozen message does not end with a line end", null, null);
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
    guarded.retire();
    socket.close();
  }

  /** Ends the connection without a goodbye, also under a thread that waits on it. */
  void abort() throws IOException {
    guarded.retire();
    plain.close();
  }
}
