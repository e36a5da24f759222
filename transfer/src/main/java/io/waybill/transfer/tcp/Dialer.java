package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.pace.Pacer;
import io.waybill.transfer.tcp.login.ChannelBinding;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Proof;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes connections to a server, logged in, for one client. */
final class Dialer {
  private static final Set<String> CAPABILITIES =
      Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS, Hello.STREAMS);

  private final WaybillServer server;
  private final Hello hello = Hello.client(CAPABILITIES, Instance.random());
  private final BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
  private final Hosts hosts;
  private final Pacer inward;
  private final Pacer outward;
  private volatile Duration roundTrip = Duration.ZERO;
  private volatile @Nullable InetAddress address;

  /** A connection that is logged in. */
  record Dialled(Wire wire, Login.Result login) {}

  Dialer(WaybillServer server) {
    this.server = server;
    this.inward = Pacer.of(server.rateLimit());
    this.outward = Pacer.of(server.rateLimit());
    int first = server.balance() == Balance.ROUND_ROBIN ? server.turn() : 0;
    this.hosts = new Hosts(server.hosts(), first, System::nanoTime);
  }

  /** The host in use, {@code host:port}. */
  String endpoint() {
    return hosts.current().toString();
  }

  /** How long the last connecting took, about one round trip. */
  Duration roundTrip() {
    return roundTrip;
  }

  /**
   * Begins a session, with the first host that can be reached.
   *
   * @throws LostException if none can
   * @throws WireException if one refuses
   */
  Dialled logIn(Operation operation) throws IOException {
    List<IOException> failures = new ArrayList<>();
    for (Endpoint host : hosts.toTry()) {
      try {
        Dialled dialled = dial(host, new Proof.Key(server.credentials()), operation);
        hosts.worked(host);
        return dialled;
      } catch (LostException e) {
        operation.requireNotCancelled();
        hosts.failed(host);
        failures.add(e);
      } catch (WireException e) {
        if (e.code() != ErrorCode.UNAVAILABLE) {
          throw e;
        }
        hosts.failed(host);
        failures.add(e);
      }
    }
    IOException last = failures.remove(failures.size() - 1);
    failures.forEach(last::addSuppressed);
    throw last;
  }

  /** Passes over the host in use, for a while; false if there is no other. */
  boolean passOver() {
    hosts.failed(hosts.current());
    return hosts.hasSeveral();
  }

  /** Joins a session, at the address that it was begun with. */
  Dialled join(String ticket, Operation operation) throws IOException {
    return dial(hosts.current(), new Proof.Ticket(ticket), operation);
  }

  private Dialled dial(Endpoint host, Proof proof, Operation operation) throws IOException {
    Socket socket = connect(host, proof instanceof Proof.Ticket ? address : null, operation);
    try {
      operation.attach(socket);
      Connection connection = Connection.of(socket, server.idleTimeout());
      connection.pace(inward, outward);
      Wire wire = new Wire(connection, chunks);
      List<ChannelBinding> bindings = List.of();
      return new Dialled(wire, Login.asClient(wire, hello, proof, bindings, server.loginTimeout()));
    } catch (LostException | WireException | RuntimeException e) {
      close(socket, e);
      throw e;
    } catch (IOException e) {
      close(socket, e);
      throw LostException.of(e, null);
    }
  }

  private Socket connect(Endpoint host, @Nullable InetAddress known, Operation operation)
      throws IOException {
    List<InetAddress> addresses =
        known == null ? Addresses.of(host.host(), server.resolver()) : List.of(known);
    long end = System.nanoTime() + server.connectTimeout().toNanos();
    LostException failure = null;
    for (int i = 0; i < addresses.size(); i++) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      try {
        return connect(
            host, addresses.get(i), Addresses.share(left, addresses.size() - i), operation);
      } catch (LostException e) {
        operation.requireNotCancelled();
        if (failure != null) {
          e.addSuppressed(failure);
        }
        failure = e;
      }
    }
    throw failure == null ? new LostException("no address of " + host) : failure;
  }

  private Socket connect(Endpoint host, InetAddress to, Duration allowed, Operation operation)
      throws IOException {
    requireLoopback(host, to);
    Socket socket = createSocket();
    try {
      operation.attach(socket);
      long begun = System.nanoTime();
      connect(socket, new InetSocketAddress(to, host.port()), allowed);
      roundTrip = Duration.ofNanos(System.nanoTime() - begun);
      address = to;
      return socket;
    } catch (IOException | RuntimeException e) {
      close(socket, e);
      throw e;
    }
  }

  private static void requireLoopback(Endpoint host, InetAddress address) {
    if (!address.isLoopbackAddress()) {
      throw new TransferException.Configuration(
          "Cannot use waybill server %s: without TLS, which comes with a later version, both ends must be on loopback; use 127.0.0.1, ::1 or localhost"
              .formatted(host));
    }
  }

  private Socket createSocket() throws LostException {
    try {
      return server.socketFactory().createSocket();
    } catch (IOException e) {
      throw LostException.of(e, null);
    }
  }

  private static void close(Socket socket, Exception failure) {
    try {
      socket.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void connect(Socket socket, InetSocketAddress address, Duration allowed)
      throws LostException {
    try {
      socket.connect(address, Math.toIntExact(allowed.toMillis()));
    } catch (IOException e) {
      throw LostException.of(e, null);
    }
  }
}
