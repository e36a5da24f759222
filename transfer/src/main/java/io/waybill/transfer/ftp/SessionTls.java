package io.waybill.transfer.ftp;

import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.SocketTls;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLSocket;

/**
 * The TLS of one control connection and its data connections. Each control connection has its own:
 * a server takes up on a data connection only what it gave to the same control connection.
 */
final class SessionTls {
  private final FtpServer server;
  private final SocketTls tls;

  private SessionTls(FtpServer server, SocketTls tls) {
    this.server = server;
    this.tls = tls;
  }

  /** Makes it with no session yet. */
  static SessionTls of(FtpServer server, ServerTrust trust, List<String> protocols)
      throws IOException {
    return new SessionTls(
        server, SocketTls.client(trust, server.identity().orElse(null), protocols));
  }

  /** Puts TLS over the control connection. */
  SSLSocket control(Socket connected) throws IOException {
    // behind a proxy its own port is another than the one that data connections name
    return data(new PortAliasSocket(connected, server.port()));
  }

  /** Puts TLS over a data connection, resuming the control connection's session if there is one. */
  SSLSocket data(PortAliasSocket connected) throws IOException {
    SSLSocket socket = tls.over(connected, server.host(), server.port());
    socket.startHandshake();
    return socket;
  }
}
