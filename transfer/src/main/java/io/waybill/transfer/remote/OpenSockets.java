package io.waybill.transfer.remote;

import io.waybill.transfer.trace.TracedSockets;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the sockets of one session and remembers the open ones, and what else was given to it,
 * so that another thread can close them all; its watch does if nothing moves.
 */
public final class OpenSockets {
  private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);

  private final RemoteTerms terms;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Closeable> others = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;
  private final StallWatch watch = new StallWatch(this::closeAll);

  /** Makes sockets by the factory of these terms, and connects them the way that they say. */
  public OpenSockets(RemoteTerms terms) {
    this.terms = terms;
  }

  /** Returns what ends the session if nothing moves. */
  public StallWatch watch() {
    return watch;
  }

  /** Remembers what is no socket; once all were closed it is closed, too. */
  public void add(Closeable other) {
    others.add(other);
    if (isClosed) {
      close(other);
    }
  }

  /**
   * Remembers a socket, until it is closed, and returns it.
   *
   * @throws SocketException if all were closed
   */
  public Socket remember(Socket socket) throws IOException {
    open.removeIf(Socket::isClosed);
    open.add(socket);
    if (isClosed) {
      socket.close();
      throw new SocketException("This session was closed");
    }
    return socket;
  }

  /** Closes everything, for good; whoever waits on it gets an exception at once. */
  public void closeAll() {
    isClosed = true;
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

  /** Says whether names are looked up by a proxy, and not here. */
  public boolean isProxied() {
    return terms.proxy().isPresent();
  }

  /**
   * Connects where the dialogue of a protocol goes.
   *
   * @param host name or address; a proxy is given it as it is
   * @param protocol for whoever is told of what is said
   * @throws java.net.UnknownHostException if the name is not known here, and there is no proxy
   * @throws io.waybill.transfer.proxy.ProxyException if the proxy does not connect
   */
  public Socket connect(String host, int port, String protocol) throws IOException {
    InetSocketAddress target = InetSocketAddress.createUnresolved(host, port);
    return TracedSockets.connected(connected(target), terms.tap(), protocol, true);
  }

  /** Connects as {@link #connect} does, and tells nobody of what is said. */
  public Socket connectUntold(String host, int port) throws IOException {
    return connected(InetSocketAddress.createUnresolved(host, port));
  }

  /** Connects where a file's bytes go, as {@link #connect} does. */
  public Socket connectData(InetSocketAddress target, String protocol) throws IOException {
    return TracedSockets.connected(connected(target), terms.tap(), protocol + "-data", false);
  }

  private Socket connected(InetSocketAddress target) throws IOException {
    Socket socket = remember(terms.socketFactory().createSocket());
    boolean isConnected = false;
    try {
      if (isProxied()) {
        terms
            .proxy()
            .orElseThrow()
            .connect(socket, target.getHostString(), target.getPort(), terms.connectTimeout());
      } else {
        socket.connect(resolved(target), (int) terms.connectTimeout().toMillis());
      }
      socket.setTcpNoDelay(true);
      isConnected = true;
      return socket;
    } finally {
      if (!isConnected) {
        socket.close();
      }
    }
  }

  private static InetSocketAddress resolved(InetSocketAddress target) throws UnknownHostException {
    if (!target.isUnresolved()) {
      return target;
    }
    InetSocketAddress address = new InetSocketAddress(target.getHostString(), target.getPort());
    if (address.isUnresolved()) {
      throw new UnknownHostException(target.getHostString());
    }
    return address;
  }
}
