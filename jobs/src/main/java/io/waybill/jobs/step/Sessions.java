package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.sftp.SftpServer;
import io.waybill.transfer.tcp.Relay;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The open sessions of one copy: one for each connection, however many sources are on it. */
final class Sessions implements AutoCloseable {
  private final StepServices services;
  private final CancelScope scope;
  private final LinkOptions link;
  private final Map<String, FileTransfer> open = new LinkedHashMap<>();
  private final Map<String, Relay> relays = new LinkedHashMap<>();

  Sessions(StepServices services, CancelScope scope) {
    this(services, scope, LinkOptions.USUAL);
  }

  Sessions(StepServices services, CancelScope scope, LinkOptions link) {
    this.services = services;
    this.scope = scope;
    this.link = link;
  }

  /** Returns the session to a place, opening it if need be; empty for one on this machine. */
  Optional<FileTransfer> to(Place place) {
    return place instanceof Place.Remote remote
        ? Optional.of(to(remote.connection()))
        : Optional.empty();
  }

  private FileTransfer to(Connection connection) {
    String key = key(connection);
    FileTransfer session = open.get(key);
    if (session == null) {
      session = Endpoints.connect(connection, services, scope, link);
      open.put(key, session);
      // a socket that is closed alone would be taken for a lost one, and made again
      scope.register(session::close);
    }
    return session;
  }

  /** Describes an SSH server as a session to it would. */
  SftpServer server(Connection.Sftp connection) {
    return Endpoints.server(connection, services, scope, link);
  }

  // two users of one server see two roots
  private static String key(Connection connection) {
    return connection instanceof Connection.Hub hub
        ? hub.login().whom().orElse("") + "@" + hub.name()
        : connection instanceof Connection.Ftp ftp
            ? ftp.user() + "@" + ftp.name()
            : connection instanceof Connection.Sftp sftp
                ? sftp.user() + "@" + sftp.name()
                : connection.name();
  }

  /** Returns the way between two servers, which has connections of its own. */
  Relay relay(Connection.Hub from, Connection.Hub to) {
    String key = key(from) + " " + key(to);
    Relay relay = relays.get(key);
    if (relay == null) {
      relay =
          Relay.between(
              Endpoints.server(from, services, scope, link),
              Endpoints.server(to, services, scope, link));
      relays.put(key, relay);
      scope.register(relay::close);
    }
    return relay;
  }

  StepServices services() {
    return services;
  }

  @Override
  public void close() {
    relays.values().forEach(Relay::close);
    relays.clear();
    open.values().forEach(FileTransfer::close);
    open.clear();
  }
}
