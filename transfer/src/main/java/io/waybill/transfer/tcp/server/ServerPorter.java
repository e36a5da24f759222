package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.access.ConnectionCaps;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Porter;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.ClientIdentity;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets one connection in; the room that its session takes is given back at the end. */
final class ServerPorter implements Porter, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerPorter.class);

  /** After how long a client may look whether its directory is there again. */
  private static final Duration ROOT_WAIT = Duration.ofSeconds(10);

  private final ServerConnection.Surroundings surroundings;
  private final InetAddress peer;
  private final Transport transport;
  private final ConnectionCaps.OpenConnection place;
  private ConnectionCaps.@Nullable OpenSession room;
  private @Nullable ServerSession joined;
  private @Nullable Seat seat;
  private boolean isTurnedAway;

  /**
   * Prepares.
   *
   * @param peer where the client is
   * @param place the connection's own
   */
  ServerPorter(
      ServerConnection.Surroundings surroundings,
      InetAddress peer,
      Transport transport,
      ConnectionCaps.OpenConnection place) {
    this.place = place;
    this.transport = transport;
    this.surroundings = surroundings;
    this.peer = peer;
  }

  /** The session that the connection has joined; null if it begins one. */
  @Nullable ServerSession joined() {
    return joined;
  }

  /** Gives back the place in a session that was taken for a connection that then broke. */
  void abandon() {
    ServerSession session = joined;
    Seat taken = seat;
    if (session != null && taken != null) {
      session.vacate(taken.stream());
    }
  }

  @Override
  public Set<String> capabilities() {
    return ServerConnection.capabilities();
  }

  @Override
  public Hello.Doors doors() {
    List<String> mechanisms = new ArrayList<>();
    if (certificate().isPresent()) {
      mechanisms.add(Login.EXTERNAL);
    }
    mechanisms.add(transport.isSecured() ? Login.SCRAM_PLUS : ScramKey.MECHANISM);
    mechanisms.add(Login.TICKET);
    return new Hello.Doors(mechanisms, transport.bindings(), Limits.STREAMS);
  }

  @Override
  public Optional<byte[]> binding(String type) {
    try {
      return transport.binding(type);
    } catch (IOException e) {
      LOG.warn("event=no-channel-binding type={}", type, e);
      return Optional.empty();
    }
  }

  private Optional<ClientIdentity> certificate() {
    try {
      return transport.client();
    } catch (IOException e) {
      LOG.info("event=certificate-refused peer={} reason=\"{}\"", peer, e.getMessage());
      return Optional.empty();
    }
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
    attempt(Optional.of(wanted).filter(name -> !name.isEmpty()));
    List<String> users =
        certificate().map(shown -> surroundings.users().certified(shown, peer)).orElse(List.of());
    if (users.size() == 1 && wanted.isEmpty()) {
      return users.get(0);
    }
    if (!users.contains(wanted)) {
      refused(wanted);
      throw new WireException(
          ErrorCode.LOGIN_REFUSED,
          "the certificate is no user's or that of several, or not that user's: name the user that it was added for, or nobody if there is only one");
    }
    return wanted;
  }

  @Override
  public Seat join(String ticket, Optional<Instance> instance) throws WireException {
    Sessions.Joined found = surroundings.sessions().join(ticket, peer, instance);
    joined = found.session();
    seat = found.seat();
    surroundings.gate().loggedIn(place, found.seat().user());
    return found.seat();
  }

  @Override
  public void refused(String user) {
    if (!isTurnedAway) { // else nothing was tried
      LOG.warn(
          "event=login-refused peer={} user={} reason=\"{}\"",
          peer.getHostAddress(),
          user.isEmpty() ? "-" : user.replaceAll("[^!-~]", "?"),
          surroundings.users().whyRefused(user, peer));
      surroundings.gate().failed(peer, user);
    }
  }

  @Override
  public void admitted(String user) throws WireException {
    surroundings.gate().succeeded(peer, user);
    surroundings.gate().loggedIn(place, user);
    if (surroundings.users().account(user, peer).filter(each -> !each.hasRoot()).isPresent()) {
      throw WireException.unavailable(
          "the directory of user "
              + user
              + " is not there at the server; whoever runs it has to make or mount it",
          ROOT_WAIT);
    }
    room = surroundings.gate().session(user);
  }

  /** Gives back the room of a session. */
  @Override
  public void close() {
    ConnectionCaps.OpenSession taken = room;
    if (taken != null) {
      taken.close();
    }
  }
}
