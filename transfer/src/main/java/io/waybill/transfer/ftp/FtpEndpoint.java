package io.waybill.transfer.ftp;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteEndpoint;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.RemoteTerms;
import java.io.IOException;
import org.apache.commons.net.ftp.FTPConnectionClosedException;

/** An FTP server as an endpoint. */
final class FtpEndpoint implements RemoteEndpoint {
  private final FtpServer server;
  private final FtpFailures failures;
  private final RemoteTerms terms;

  FtpEndpoint(FtpServer server) {
    this.server = server;
    this.failures = new FtpFailures(server);
    this.terms =
        new RemoteTerms(
            server.maxSessions(),
            server.maxReconnects(),
            server.sleeper(),
            server.random(),
            server.clock());
  }

  @Override
  public String name() {
    return server.endpoint();
  }

  @Override
  public String account() {
    return server.credentials().user() + "@" + server.endpoint();
  }

  @Override
  public Location location(String path) {
    return Location.of(Location.Scheme.FTP, server.host(), server.port(), path);
  }

  @Override
  public RemoteTerms terms() {
    return terms;
  }

  @Override
  public RemoteSession open(OpenSockets sockets) throws IOException {
    return FtpConnection.open(server, sockets);
  }

  // 421: too many users, or from here; 530 at the login: this user's sessions
  @Override
  public boolean isFull(IOException failure) {
    return failure instanceof FTPConnectionClosedException // the library's word for 421
        || (failure instanceof FtpReplyException reply
            && (reply.code() == 421 || (reply.verb().equals("LOGIN") && reply.code() == 530)));
  }

  @Override
  public TransferException translate(String what, IOException failure) {
    return failures.translate(what, failure);
  }
}
