package io.waybill.transfer.ftp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * A connected data socket that names the control connection's port as its own peer's. JSSE looks
 * for a session to resume by the peer's name and that port, and many servers demand that a data
 * connection resumes the control connection's session. It also notes the end of what arrives, so
 * that an end without TLS's own (close_notify) is told from one with it.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the delegate has its own locks
final class PortAliasSocket extends Socket {
  private final Socket connected;
  private final int port;
  private volatile boolean sawEnd;

  PortAliasSocket(Socket connected, int port) {
    this.connected = connected;
    this.port = port;
  }

  /** Says whether the connection itself has ended; TLS reads no further than its own end. */
  boolean sawEnd() {
    return sawEnd;
  }

  @Override
  public int getPort() {
    return port;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(connected.getInputStream()) {
      @Override
      public int read() throws IOException {
        return noting(in.read());
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return noting(in.read(into, offset, length));
      }

      private int noting(int read) {
        sawEnd |= read < 0;
        return read;
      }
    };
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return connected.getOutputStream();
  }

  @Override
  public boolean isConnected() {
    return connected.isConnected();
  }

  @Override
  public boolean isBound() {
    return connected.isBound();
  }

  @Override
  public boolean isClosed() {
    return connected.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return connected.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return connected.isOutputShutdown();
  }

  @Override
  public void shutdownInput() throws IOException {
    connected.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    connected.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    connected.close();
  }

  @Override
  public InetAddress getInetAddress() {
    return connected.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return connected.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return connected.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return connected.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return connected.getLocalSocketAddress();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    connected.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return connected.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    connected.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return connected.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    connected.setSoLinger(on, seconds);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return connected.getSoLinger();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    connected.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return connected.getKeepAlive();
  }

  @Override
  public String toString() {
    return "PortAliasSocket[" + connected + " as " + port + "]";
  }
}
