package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.access.CapReachedException;
import io.waybill.transfer.tcp.access.CidrList;
import io.waybill.transfer.tcp.access.ConnectionCaps;
import io.waybill.transfer.tcp.access.LoginGuard;
import io.waybill.transfer.tcp.access.ProxyHeader;
import io.waybill.transfer.tcp.access.Verdict;
import io.waybill.transfer.tcp.wire.ErrorClass;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may come in at a server, before anybody has logged in: where a connection really comes from,
 * whether there is room, and whether that address may try a login now. Safe for use by several
 * threads.
 */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final Duration FULL_WAIT = Duration.ofSeconds(5);
  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

  private final LoginGuard guard;
  private final ConnectionCaps caps;
  private final CidrList trustedProxies;
  private final InstantSource clock;
  private Instant nextWarning = Instant.MIN;
  private long unsaid;

  /**
   * Prepares.
   *
   * @param clock the same as the guard's, to tell how long to wait
   */
  Gate(LoginGuard guard, ConnectionCaps caps, CidrList trustedProxies, InstantSource clock) {
    this.guard = guard;
    this.caps = caps;
    this.trustedProxies = trustedProxies;
    this.clock = clock;
  }

  /**
   * Says where a connection comes from: what a trusted balancer says, which then must say it, else
   * the socket's peer.
   *
   * @param in the bytes of the connection, nothing read yet; the time limit is the caller's
   */
  InetSocketAddress origin(InetSocketAddress peer, ProxyHeader.ByteSource in) throws IOException {
    return trustedProxies.contains(peer.getAddress())
        ? ProxyHeader.read(in).source().orElse(peer)
        : peer;
  }

  /**
   * Takes room for a connection.
   *
   * @throws WireException UNAVAILABLE if there is none
   */
  ConnectionCaps.OpenConnection connect(InetAddress origin) throws WireException {
    try {
      return caps.connect(origin);
    } catch (CapReachedException e) {
      throw full(e, origin.getHostAddress());
    }
  }

  /**
   * Takes a user's room for a connection that has logged in.
   *
   * @throws WireException UNAVAILABLE if there is none
   */
  void loggedIn(ConnectionCaps.OpenConnection connection, String user) throws WireException {
    try {
      connection.loggedIn(user);
    } catch (CapReachedException e) {
      throw full(e, user);
    }
  }

  /**
   * Takes room for a session.
   *
   * @throws WireException UNAVAILABLE if there is none
   */
  ConnectionCaps.OpenSession session(String user) throws WireException {
    try {
      return caps.session();
    } catch (CapReachedException e) {
      throw full(e, user);
    }
  }

  private WireException full(CapReachedException e, String whose) {
    warn(e, whose);
    return WireException.unavailable(String.valueOf(e.getMessage()), FULL_WAIT);
  }

  // now and then only: a flood of connections must not become one of lines
  private synchronized void warn(CapReachedException e, String whose) {
    Instant now = clock.instant();
    if (now.isBefore(nextWarning)) {
      unsaid++;
      return;
    }
    LOG.warn(
        "event=no-room cap={} limit={} for={} unsaid={}",
        e.cap().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        e.limit(),
        whose,
        unsaid);
    nextWarning = now.plus(BETWEEN_WARNINGS);
    unsaid = 0;
  }

  /**
   * Lets an attempt to log in go on, at once or after a while on this thread.
   *
   * @throws WireException LOGIN_REFUSED with RETRY_AFTER if too many failed, whatever this one is
   */
  void attempt(InetAddress origin, Optional<String> user) throws WireException {
    Verdict verdict = guard.check(origin, user);
    if (verdict instanceof Verdict.Delayed delayed) {
      pause(delayed.pause());
    } else if (verdict instanceof Verdict.Refused refused) {
      throw refused(refused.until());
    } else if (verdict instanceof Verdict.Banned banned) {
      throw refused(banned.until());
    }
  }

  private WireException refused(Instant until) {
    Duration left = Duration.between(clock.instant(), until);
    return new WireException(
        ErrorCode.LOGIN_REFUSED,
        ErrorClass.AUTHENTICATION,
        "too many logins failed from this address; none is looked at for a while",
        left.isNegative() ? Duration.ZERO : left,
        false);
  }

  // the deadline of the login goes on: it closes the connection under whoever waits too long
  private static void pause(Duration pause) throws WireException {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WireException.unavailable("the server is shutting down", FULL_WAIT);
    }
  }

  /** Notes that a login failed. */
  void failed(InetAddress origin, String user) {
    guard.failed(origin, Optional.of(user).filter(name -> !name.isEmpty()));
  }

  /** Notes that a login worked. */
  void succeeded(InetAddress origin, String user) {
    guard.succeeded(origin, user);
  }
}
