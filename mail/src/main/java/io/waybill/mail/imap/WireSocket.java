package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.Connector;
import io.waybill.mail.net.StallGuardedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Is what the wire library takes for a plain socket: it connects, protects, guards and traces by
 * the account's rules, and what comes in is bounded.
 */
// Not synchronized like Socket's own methods: close() must never wait for anybody.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class WireSocket extends Socket {
  private static final int BUFFER = 8 * 1024;

  private final MailAccount account;
  private final int port;
  private final CallGuard guard;
  private final BoundedInput in = new BoundedInput();
  private final SwitchedOutput out = new SwitchedOutput();
  private volatile @Nullable Socket plain;
  private volatile @Nullable Socket spoken;

  /** Will connect as the account says while the guard watches. */
  WireSocket(MailAccount account, int port, CallGuard guard) {
    this.account = account;
    this.port = port;
    this.guard = guard;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
    Socket connected = Connector.connect(account, port, guard);
    plain = connected;
    speak(
        account.security() == MailSecurity.IMPLICIT_TLS
            ? Connector.secure(account, connected, port)
            : connected);
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  private void speak(Socket over) throws IOException {
    Socket tapped = account.tap().apply(over);
    spoken = tapped;
    in.from(tapped.getInputStream());
    out.to(new StallGuardedOutput(tapped.getOutputStream(), connected(), account.writeTimeout()));
  }

  /** Goes over to TLS on the connection as it stands. */
  void startTls() throws IOException {
    speak(Connector.secure(account, connected(), port));
  }

  /** Deflates on the connection as it stands; what comes in is bounded as it was before. */
  void deflate() throws IOException {
    Socket over = spoken;
    if (over == null) {
      throw new SocketException("not connected");
    }
    in.from(new InflaterInputStream(over.getInputStream(), new Inflater(true), BUFFER));
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    out.to(
        new StallGuardedOutput(
            new DeflaterOutputStream(over.getOutputStream(), deflater, BUFFER, true),
            connected(),
            account.writeTimeout()));
  }

  private Socket connected() throws SocketException {
    Socket current = plain;
    if (current == null) {
      throw new SocketException("not connected");
    }
    return current;
  }

  /** Lets so many bytes come until this is said again. */
  void expectAtMost(long bytes) {
    in.expectAtMost(bytes);
  }

  /** Ends the connection without a goodbye, also under a thread that waits on it. */
  void abort() throws IOException {
    out.retire();
    Socket current = plain;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void close() throws IOException {
    out.retire();
    Socket current = spoken;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public boolean isClosed() {
    Socket current = plain;
    return current != null && current.isClosed();
  }

  @Override
  public boolean isConnected() {
    Socket current = plain;
    return current != null && current.isConnected();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    Socket current = spoken;
    if (current != null) { // before that the account's own is set
      current.setSoTimeout(millis);
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return connected().getSoTimeout();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return InetSocketAddress.createUnresolved(account.host(), port);
  }

  /** Writes to where it is told to, and tells a stalled peer from a slow one. */
  private static final class SwitchedOutput extends OutputStream {
    private volatile @Nullable StallGuardedOutput current;

    void to(StallGuardedOutput next) {
      retire();
      current = next;
    }

    void retire() {
      StallGuardedOutput last = current;
      if (last != null) {
        last.retire();
      }
    }

    private StallGuardedOutput open() throws SocketException {
      StallGuardedOutput out = current;
      if (out == null) {
        throw new SocketException("not connected");
      }
      return out;
    }

    @Override
    public void write(int b) throws IOException {
      open().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      open().write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      open().flush();
    }
  }
}
