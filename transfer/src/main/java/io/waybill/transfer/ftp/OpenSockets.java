package io.waybill.transfer.ftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sockets and remembers the open ones, so that another thread can close them all. */
final class OpenSockets extends SocketFactory {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);

  private final SocketFactory factory;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  OpenSockets(SocketFactory factory) {
    this.factory = factory;
  }

  private Socket remember(Socket socket) {
    open.removeIf(Socket::isClosed);
    open.add(socket);
    return socket;
  }

  /** Closes every socket; whoever waits on one gets an exception at once. */
  void closeAll() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.debug("event=ftp-socket-close-failed", e);
      }
    }
    open.clear();
  }

  @Override
  public Socket createSocket() throws IOException {
    return remember(factory.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return remember(factory.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return remember(factory.createSocket(host, port, localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return remember(factory.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return remember(factory.createSocket(address, port, localAddress, localPort));
  }
}
