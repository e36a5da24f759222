package io.waybill.transfer.sftp;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteEndpoint;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.RemoteTerms;
import java.io.IOException;

/** An SFTP server as an endpoint. */
final class SftpEndpoint implements RemoteEndpoint {
  private final SftpServer server;
  private final SftpFailures failures;

  SftpEndpoint(SftpServer server) {
    this.server = server;
    this.failures = new SftpFailures(server);
  }

  @Override
  public String name() {
    return server.endpoint();
  }

  @Override
  public String account() {
    return server.user() + "@" + server.endpoint();
  }

  @Override
  public Location location(String path) {
    return Location.of(Location.Scheme.SFTP, server.host(), server.port(), path);
  }

  @Override
  public RemoteTerms terms() {
    return server.terms();
  }

  @Override
  public RemoteSession open(OpenSockets sockets) throws IOException {
    return SftpSession.open(server, sockets);
  }

  @Override
  public boolean isFull(IOException failure) {
    return failure instanceof SshRefusedException refused
        && refused.reason() == SshRefusedException.Reason.BUSY;
  }

  @Override
  public TransferException translate(String what, IOException failure) {
    return failures.translate(what, failure);
  }
}
