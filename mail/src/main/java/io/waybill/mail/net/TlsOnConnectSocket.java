package io.waybill.mail.net;

import io.waybill.mail.MailAccount;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * Becomes a TLS connection in the moment it is connected, over a plain socket of the account's
 * factory. A library that wants to connect its sockets itself can so be given implicit TLS without
 * bypassing that factory.
 */
// Not synchronized like Socket's own methods: close() must never wait for anybody.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class TlsOnConnectSocket extends Socket {
  private final MailAccount account;
  private final Socket plain;
  private volatile Socket socket;

  TlsOnConnectSocket(MailAccount account, Socket plain) {
    this.account = account;
    this.plain = plain;
    this.socket = plain;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
    plain.connect(endpoint, timeoutMillis);
    socket = Connector.secure(account, plain, ((InetSocketAddress) endpoint).getPort());
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return socket.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public boolean isClosed() {
    return plain.isClosed();
  }

  @Override
  public boolean isConnected() {
    return plain.isConnected();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    socket.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return socket.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    plain.setTcpNoDelay(on);
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    plain.setKeepAlive(on);
  }

  @Override
  public InetAddress getInetAddress() {
    return plain.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return plain.getLocalAddress();
  }

  @Override
  public int getPort() {
    return plain.getPort();
  }

  @Override
  public int getLocalPort() {
    return plain.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return plain.getRemoteSocketAddress();
  }
}
