package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.FileTransfer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The open sessions of one copy: one for each connection, however many sources are on it. */
final class Sessions implements AutoCloseable {
  private final StepServices services;
  private final CancelScope scope;
  private final Map<String, FileTransfer> open = new LinkedHashMap<>();

  Sessions(StepServices services, CancelScope scope) {
    this.services = services;
    this.scope = scope;
  }

  /** Returns the session to a place, opening it if need be; empty for one on this machine. */
  Optional<FileTransfer> to(Place place) {
    return place instanceof Place.Remote remote
        ? Optional.of(to(remote.connection()))
        : Optional.empty();
  }

  private FileTransfer to(Connection connection) {
    FileTransfer session = open.get(connection.name());
    if (session == null) {
      session = Endpoints.connect(connection, services, scope);
      open.put(connection.name(), session);
      // a socket that is closed alone would be taken for a lost one, and made again
      scope.register(session::close);
    }
    return session;
  }

  StepServices services() {
    return services;
  }

  @Override
  public void close() {
    open.values().forEach(FileTransfer::close);
    open.clear();
  }
}
