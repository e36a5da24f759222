package io.waybill.transfer.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/** Leads every connection but the first to another port. */
final class SecondConnection extends SocketFactory {
  private final int port;
  private final AtomicInteger made = new AtomicInteger();

  SecondConnection(int port) {
    this.port = port;
  }

  @Override
  public Socket createSocket() {
    if (made.getAndIncrement() == 0) {
      return new Socket();
    }
    return new Socket() {
      @Override
      public void connect(SocketAddress endpoint, int timeout) throws IOException {
        super.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeout);
      }
    };
  }

  @Override
  public Socket createSocket(String host, int ignored) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int ignored, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int ignored) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int ignored, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
