package io.waybill.transfer.remote;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sockets and remembers the open ones, and what else was given to it, so that another thread
 * can close them all.
 */
public final class OpenSockets extends SocketFactory {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);

  private final SocketFactory factory;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Closeable> others = ConcurrentHashMap.newKeySet();

  /** Makes sockets by another factory. */
  public OpenSockets(SocketFactory factory) {
    this.factory = factory;
  }

  /** Remembers what is no socket of this factory. */
  public void add(Closeable other) {
    others.add(other);
  }

  private Socket remember(Socket socket) {
    open.removeIf(Socket::isClosed);
    open.add(socket);
    return socket;
  }

  /** Closes everything; whoever waits on it gets an exception at once. */
  public void closeAll() {
    Stream.concat(open.stream(), others.stream()).forEach(OpenSockets::close);
    open.clear();
    others.clear();
  }

  private static void close(Closeable each) {
    try {
      each.close();
    } catch (IOException e) {
      LOG.debug("event=remote-close-failed", e);
    }
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
