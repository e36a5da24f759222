package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.ftp.FtpServer;
import io.waybill.transfer.ftp.FtpTransfer;
import io.waybill.transfer.ftp.Protection;
import io.waybill.transfer.tcp.TcpTransfer;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.trace.TracedSockets;
import java.io.IOException;
import javax.net.SocketFactory;

/** Opens a session to a connection that holds files. */
final class Endpoints {
  private Endpoints() {}

  static FileTransfer connect(
      Connection connection, StepServices services, CancelScope scope, LinkOptions link) {
    SocketFactory sockets = services.sockets().apply(scope);
    WireTap tap = services.tap();
    if (connection instanceof Connection.Ftp ftp) {
      return FtpTransfer.connect(
          server(ftp).socketFactory(TracedSockets.over(sockets, tap, "ftp", ftp.port())).build());
    }
    if (connection instanceof Connection.Hub hub) {
      return TcpTransfer.connect(server(hub, services, scope, link));
    }
    throw new JobException.Configuration(
        "connection \"" + connection.name() + "\" is for mail and holds no files");
  }

  private static FtpServer.Builder server(Connection.Ftp ftp) {
    FtpServer.Builder server =
        FtpServer.builder()
            .host(ftp.host())
            .port(ftp.port())
            .credentials(new Credentials(ftp.user(), ftp.password()))
            .protection(
                switch (ftp.tls()) {
                  case IMPLICIT -> Protection.IMPLICIT;
                  case STARTTLS -> Protection.EXPLICIT;
                  case OFF -> Protection.NONE;
                });
    ftp.mostSessions().ifPresent(server::maxSessions);
    if (ftp.tls() != Connection.Tls.OFF) {
      try {
        server.trust(Trusts.of(ftp.trust()));
      } catch (IOException e) {
        throw new JobException.Configuration(
            "a PEM file for " + ftp.name() + " cannot be used: " + e.getMessage(), e);
      }
    }
    return server;
  }

  static WaybillServer server(
      Connection.Hub hub, StepServices services, CancelScope scope, LinkOptions link) {
    WaybillServer.Builder server =
        HubServers.of(hub, services.sockets().apply(scope))
            .tap(services.tap())
            .balance(link.balance())
            .rateLimit(link.rate())
            .streams(link.streams())
            .retries(link.retries());
    link.routes().ifPresent(server::routeMemory);
    return server.build();
  }
}
