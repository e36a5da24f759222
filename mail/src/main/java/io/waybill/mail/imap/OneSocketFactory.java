package io.waybill.mail.imap;

import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Hands the wire library the one socket that it is to use. */
final class OneSocketFactory extends SocketFactory {
  private final Socket socket;

  OneSocketFactory(Socket socket) {
    this.socket = socket;
  }

  @Override
  public Socket createSocket() {
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw connected();
  }

  private static UnsupportedOperationException connected() {
    return new UnsupportedOperationException("the library connects its socket itself");
  }
}
