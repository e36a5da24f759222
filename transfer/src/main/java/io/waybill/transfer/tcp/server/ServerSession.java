package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Porter;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client that has logged in, over one or more connections. */
final class ServerSession {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);

  private final String user;
  private final Path root;
  private final InetAddress peer;
  private final Hello agreed;
  private final Optional<Instance> instance;
  private final Tickets tickets =
      new Tickets(InstantSource.system(), new SecureRandom(), Limits.STREAMS);
  private final ServerTransfers transfers = new ServerTransfers();
  private final List<Wire> wires = new CopyOnWriteArrayList<>();
  private int lastStream;

  ServerSession(Login.Result login, Path root, InetAddress peer, Wire home) {
    this.user = login.user();
    this.root = root;
    this.peer = peer;
    this.agreed = login.agreed();
    this.instance = login.instance();
    wires.add(home);
  }

  String user() {
    return user;
  }

  Path root() {
    return root;
  }

  boolean has(String capability) {
    return agreed.has(capability);
  }

  ServerTransfers transfers() {
    return transfers;
  }

  /** Whether nothing is going on. */
  boolean isAtRest() {
    return transfers.isEmpty();
  }

  /** Makes tickets for further connections, as many as asked for and allowed. */
  List<String> issueTickets(int wanted) {
    return java.util.stream.IntStream.range(0, Math.min(wanted, Limits.STREAMS - 1))
        .mapToObj(each -> tickets.issue())
        .toList();
  }

  /** Uses a ticket of this session up, if it is one and comes from the same client. */
  boolean redeem(String ticket, InetAddress from, Optional<Instance> by) {
    return from.equals(peer) && by.equals(instance) && tickets.redeem(ticket);
  }

  /** A number for a connection that joins. */
  synchronized Porter.Seat seat() {
    return new Porter.Seat(user, ++lastStream);
  }

  /** Takes a connection in. */
  void joined(Wire wire) {
    wires.add(wire);
  }

  /** A further connection has ended. */
  void left(Wire wire) {
    wires.remove(wire);
    transfers.lost(wire);
  }

  /** Whether this is what the client of another session used before. */
  boolean isOlderSelf(ServerSession newer) {
    return instance.isPresent() && instance.equals(newer.instance) && user.equals(newer.user);
  }

  /** Ends every connection; the exchanges end with them. */
  void close(String why) {
    LOG.info("event=session-closed user={} reason=\"{}\"", user, why);
    LostException ended = new LostException(why);
    for (Wire wire : wires) {
      wire.fail(ended);
      try {
        wire.close();
      } catch (IOException e) {
        LOG.info("event=close-failed user={}", user, e);
      }
    }
  }
}
