package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Porter;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions of a server, and the way for further connections to join one. */
final class Sessions {
  private final Set<ServerSession> open = ConcurrentHashMap.newKeySet();

  /** A session that was joined, and the number of the new connection in it. */
  record Joined(ServerSession session, Porter.Seat seat) {}

  void add(ServerSession session) {
    open.add(session);
  }

  void remove(ServerSession session) {
    open.remove(session);
  }

  int count() {
    return open.size();
  }

  /** Whether nobody has an exchange open. */
  boolean isAtRest() {
    return open.stream().allMatch(ServerSession::isAtRest);
  }

  /**
   * Uses a ticket up.
   *
   * @throws WireException LOGIN_REFUSED, with the same words whatever is wrong with it
   */
  Joined join(String ticket, InetAddress peer, Optional<Instance> instance) throws WireException {
    for (ServerSession session : open) {
      if (session.redeem(ticket, peer, instance)) {
        return new Joined(session, session.seat());
      }
    }
    throw new WireException(
        ErrorCode.LOGIN_REFUSED, "the ticket is for no session, or not for this client");
  }

  /**
   * Ends what an earlier connection of the same client left half dead.
   *
   * @return whether there was any
   */
  boolean endOlder(ServerSession session) {
    boolean found = false;
    for (ServerSession each : open) {
      if (each != session && each.isOlderSelf(session)) {
        each.close("its client is back on another connection");
        found = true;
      }
    }
    return found;
  }
}
