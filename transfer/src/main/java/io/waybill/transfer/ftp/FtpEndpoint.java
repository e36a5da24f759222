package io.waybill.transfer.ftp;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteEndpoint;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.RemoteTerms;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An FTP server as an endpoint. */
final class FtpEndpoint implements RemoteEndpoint {
  private final FtpServer server;
  private final FtpFailures failures;
  private final Learnt learnt = new Learnt();
  private @Nullable ServerTrust trust;

  FtpEndpoint(FtpServer server) {
    this.server = server;
    this.failures = new FtpFailures(server);
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
    Location.Scheme scheme =
        server.protection().isTls() ? Location.Scheme.FTPS : Location.Scheme.FTP;
    return Location.of(scheme, server.host(), server.port(), path);
  }

  @Override
  public RemoteTerms terms() {
    return server.terms();
  }

  @Override
  public RemoteSession open(OpenSockets sockets) throws IOException {
    return FtpConnection.open(server, trust(), learnt, sockets);
  }

  // reading Java's own authorities takes a while: once, and only where they are asked
  private synchronized ServerTrust trust() throws IOException {
    ServerTrust found = trust;
    if (found == null) {
      found = server.trust().isPresent() ? server.trust().get() : ServerTrust.system();
      trust = found;
    }
    return found;
  }

  // 421: too many users, or from here; 530 at the login: this user's sessions
  @Override
  public boolean isFull(IOException failure) {
    return failure instanceof ServiceClosedException
        || (failure instanceof FtpReplyException reply
            && reply.verb().equals("LOGIN")
            && reply.code() == 530);
  }

  @Override
  public TransferException translate(String what, IOException failure) {
    return failures.translate(what, failure);
  }
}
