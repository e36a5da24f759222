package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.net.ProxyAddress;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.proxy.ProxyServer;
import java.util.Optional;
import javax.net.SocketFactory;

/**
 * The way to a server.
 *
 * @param sockets make sockets that go directly
 * @param proxy what they are to go through
 */
public record Way(SocketFactory sockets, Optional<ProxyServer> proxy) {
  /** Finds it: a connection's own proxy counts before that of all sockets. */
  static Way of(Connection connection, SocketFactory sockets) {
    Optional<ProxyServer> own = proxyOf(connection);
    return sockets instanceof ScopedSockets.Factory scoped
        ? new Way(scoped.direct(), own.or(scoped::proxy))
        : new Way(sockets, own);
  }

  /** Returns sockets that go through a connection's own proxy, if it has one. */
  static SocketFactory through(Connection connection, SocketFactory sockets) {
    return proxyOf(connection)
        .filter(proxy -> sockets instanceof ScopedSockets.Factory)
        .<SocketFactory>map(proxy -> ((ScopedSockets.Factory) sockets).through(proxy))
        .orElse(sockets);
  }

  /** Returns a connection's own proxy, if it has one. */
  public static Optional<ProxyServer> proxyOf(Connection connection) {
    return connection.line().proxy().map(Way::server);
  }

  private static ProxyServer server(Connection.Proxy proxy) {
    ProxyServer server = ProxyAddress.withoutLogin(proxy.url());
    return proxy
        .login()
        .map(login -> server.credentials(new Credentials(login.user(), login.password())))
        .orElse(server);
  }
}
