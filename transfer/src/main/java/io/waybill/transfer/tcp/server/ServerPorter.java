package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Porter;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.WireException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets one connection in. */
final class ServerPorter implements Porter {
  private final ServerConnection.Surroundings surroundings;
  private final InetAddress peer;
  private @Nullable ServerSession joined;
  private boolean isTurnedAway;

  ServerPorter(ServerConnection.Surroundings surroundings, InetAddress peer) {
    this.surroundings = surroundings;
    this.peer = peer;
  }

  /** The session that the connection has joined; null if it begins one. */
  @Nullable ServerSession joined() {
    return joined;
  }

  @Override
  public Set<String> capabilities() {
    return ServerConnection.capabilities();
  }

  @Override
  public Hello.Doors doors() {
    return new Hello.Doors(List.of(ScramKey.MECHANISM, Login.TICKET), List.of(), Limits.STREAMS);
  }

  @Override
  public Optional<byte[]> binding(String type) {
    return Optional.empty();
  }

  @Override
  public ScramKey key(String user) throws WireException {
    attempt(Optional.of(user));
    return surroundings.users().key(user, peer);
  }

  private void attempt(Optional<String> user) throws WireException {
    try {
      surroundings.gate().attempt(peer, user);
    } catch (WireException e) {
      isTurnedAway = true;
      throw e;
    }
  }

  @Override
  public String certified(String wanted) throws WireException {
    throw new WireException(ErrorCode.LOGIN_REFUSED, "there is no certificate");
  }

  @Override
  public Seat join(String ticket, Optional<Instance> instance) throws WireException {
    Sessions.Joined found = surroundings.sessions().join(ticket, peer, instance);
    joined = found.session();
    return found.seat();
  }

  @Override
  public void refused(String user) {
    if (!isTurnedAway) { // nothing was tried
      surroundings.gate().failed(peer, user);
    }
  }

  @Override
  public void admitted(String user) {
    surroundings.gate().succeeded(peer, user);
  }
}
