package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.HubLogin;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.JobException;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.tcp.WaybillServer;
import io.waybill.transfer.tcp.tls.Identity;
import java.io.IOException;
import javax.net.SocketFactory;

/** Describes hubs to the transfer module. */
public final class HubServers {
  private HubServers() {}

  /**
   * Starts the description of a hub that is reached over such sockets.
   *
   * @throws JobException.Configuration if a PEM file cannot be used
   */
  public static WaybillServer.Builder of(Connection.Hub hub, SocketFactory sockets) {
    WaybillServer.Builder server = of(hub);
    Way way = Way.of(hub, sockets);
    // so that the server's name is looked up by the proxy: here it may be unknown
    way.proxy().ifPresent(server::proxy);
    return server.socketFactory(way.sockets());
  }

  /**
   * Starts the description of a hub.
   *
   * @throws JobException.Configuration if a PEM file cannot be used
   */
  private static WaybillServer.Builder of(Connection.Hub hub) {
    WaybillServer.Builder server = WaybillServer.builder(hub.host(), hub.port());
    hub.others().forEach(other -> server.orElse(other.host(), other.port()));
    try {
      if (hub.login() instanceof HubLogin.Key login) {
        server.credentials(new Credentials(login.user(), login.key()));
      } else if (hub.login() instanceof HubLogin.Certificate login) {
        Identity identity = Identity.load(login.certificate(), login.key());
        login
            .whom()
            .ifPresentOrElse(
                user -> server.identity(identity, user), () -> server.identity(identity));
      }
      if (hub.trust() instanceof Trust.Plaintext) {
        server.plaintext();
      } else {
        server.trust(Trusts.of(hub.trust()));
      }
    } catch (IOException e) {
      throw new JobException.Configuration(
          "a PEM file for " + hub.name() + " cannot be used: " + e.getMessage(), e);
    }
    return server;
  }
}
