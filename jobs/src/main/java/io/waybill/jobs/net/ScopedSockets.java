package io.waybill.jobs.net;

import io.waybill.jobs.CancelScope;
import io.waybill.transfer.proxy.ProxyServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.SocketFactory;

/**
 * Makes the socket factories that mail and transfer are handed: each socket goes through the proxy,
 * if there is one, and is closed when the attempt that opened it is cancelled.
 */
public final class ScopedSockets implements Function<CancelScope, SocketFactory> {
  private final Optional<ProxyServer> proxy;

  public ScopedSockets(Optional<ProxyServer> proxy) {
    this.proxy = proxy;
  }

  /** Returns sockets without a proxy. */
  public static ScopedSockets direct() {
    return new ScopedSockets(Optional.empty());
  }

  @Override
  public Factory apply(CancelScope scope) {
    Opened opened = new Opened();
    scope.register(opened::closeAll);
    return new Factory(proxy, opened);
  }

  private static final class ProxiedSocket extends Socket {
    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final ProxyServer proxy;

    ProxiedSocket(ProxyServer proxy) {
      super(java.net.Proxy.NO_PROXY);
      this.proxy = proxy;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
      connect(endpoint, 0);
    }

    /** What goes wrong here is the proxy's, and would be taken for the server's. */
    private void connectToProxy(int timeoutMillis) throws IOException {
      try {
        super.connect(new InetSocketAddress(proxy.host(), proxy.port()), timeoutMillis);
      } catch (IOException e) {
        String what = proxy + ": " + e.getMessage();
        IOException named =
            e instanceof SocketTimeoutException
                ? new SocketTimeoutException(what)
                : new ConnectException(what);
        named.initCause(e);
        throw named;
      }
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
      InetSocketAddress target = (InetSocketAddress) endpoint;
      connectToProxy(timeoutMillis);
      Duration allowed = timeoutMillis == 0 ? UNLIMITED : Duration.ofMillis(timeoutMillis);
      try {
        proxy.open(this, target.getHostString(), target.getPort(), allowed);
      } catch (IOException e) {
        close();
        throw e;
      } catch (IllegalArgumentException e) {
        close();
        throw new IOException(proxy + ": " + e.getMessage(), e);
      }
    }
  }

  /** The sockets that a scope has open. */
  private static final class Opened {
    private final Set<Socket> open = new HashSet<>();
    private boolean closed;

    synchronized void add(Socket socket) throws IOException {
      if (closed) {
        socket.close();
        throw new SocketException("the attempt was cancelled");
      }
      open.removeIf(Socket::isClosed); // an FTP session opens a data connection for each file
      open.add(socket);
    }

    synchronized void closeAll() throws IOException {
      closed = true;
      IOException first = null;
      for (Socket socket : open) {
        try {
          socket.close();
        } catch (IOException e) {
          if (first == null) {
            first = e;
          } else {
            first.addSuppressed(e);
          }
        }
      }
      open.clear();
      if (first != null) {
        throw first;
      }
    }
  }

  /** Makes the sockets of one scope. */
  public static final class Factory extends SocketFactory {
    private final Optional<ProxyServer> proxy;
    private final Opened opened;

    private Factory(Optional<ProxyServer> proxy, Opened opened) {
      this.proxy = proxy;
      this.opened = opened;
    }

    /** Returns what the sockets go through. */
    public Optional<ProxyServer> proxy() {
      return proxy;
    }

    /** Returns the same without the proxy, for a client that talks to proxies itself. */
    public Factory direct() {
      return new Factory(Optional.empty(), opened);
    }

    /** Returns the same through a proxy of its own. */
    public Factory through(ProxyServer other) {
      return new Factory(Optional.of(other), opened);
    }

    private Socket open() throws IOException {
      // Without a proxy the socket has a channel, which the chunk protocol reads and writes
      // directly.
      Socket socket =
          proxy.isPresent() ? new ProxiedSocket(proxy.get()) : SocketChannel.open().socket();
      opened.add(socket);
      return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
      return open();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return connected(
          proxy.isPresent()
              ? InetSocketAddress.createUnresolved(host, port)
              : new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return createSocket(host, port);
    }

    private Socket connected(InetSocketAddress target) throws IOException {
      Socket socket = open();
      try {
        socket.connect(target);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
      return socket;
    }
  }
}
