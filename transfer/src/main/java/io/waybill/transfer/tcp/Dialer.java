package io.waybill.transfer.tcp;

import io.waybill.transfer.Pacer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.proxy.ProxyException;
import io.waybill.transfer.proxy.ProxyServer;
import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.login.ChannelBinding;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Proof;
import io.waybill.transfer.tcp.tls.BindingType;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.Tls;
import io.waybill.transfer.tcp.tls.TlsChannel;
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
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes connections to a server, logged in, for one session after the other. */
final class Dialer {
  private static final Set<String> CAPABILITIES = Hello.capabilities(Compression.isAvailable());

  private final WaybillServer server;
  private final Hello hello = Hello.client(CAPABILITIES, Instance.random());
  private final Shared shared;
  private final Hosts hosts;
  private volatile Duration roundTrip = Duration.ZERO;
  // how the last connection is protected, protocol and cipher
  private volatile Optional<String> protection = Optional.empty();
  private volatile @Nullable InetAddress address;

  /** What all sessions of a client have together. */
  static final class Shared {
    private final WaybillServer server;
    private final BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
    private final Pacer inward;
    private final Pacer outward;
    private @Nullable Tls tls;

    Shared(WaybillServer server) {
      this.server = server;
      this.inward = Pacer.of(server.rateLimit()).over(server.sharedRate().inward());
      this.outward = Pacer.of(server.rateLimit()).over(server.sharedRate().outward());
    }

    // made once: its sessions are resumed, which spares the next connection a round of signatures
    private synchronized Optional<Tls> tls() throws IOException {
      WaybillServer.Security security = server.security();
      if (security.isPlaintext()) {
        return Optional.empty();
      }
      Tls made = tls;
      if (made == null) {
        ServerTrust trust =
            security.trust().isPresent() ? security.trust().get() : ServerTrust.system();
        made = Tls.client(trust, security.identity().orElse(null));
        tls = made;
      }
      return Optional.of(made);
    }
  }

  /** A connection that is logged in. */
  record Dialled(Wire wire, Login.Result login) {}

  Dialer(WaybillServer server, Shared shared) {
    this.server = server;
    this.shared = shared;
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

  /** How the last connection is protected; empty if it is plain. */
  Optional<String> protection() {
    return protection;
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
        Dialled dialled = dial(host, proof(), operation);
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
    IOException last =
        failures.stream()
            .filter(e -> !isUnknownName(e)) // the others may be mended by another try
            .reduce((earlier, later) -> later)
            .orElse(failures.get(0));
    failures.remove(last);
    failures.forEach(last::addSuppressed);
    throw last;
  }

  /** Whether a host's name has no address, which another try seldom mends. */
  static boolean isUnknownName(IOException failure) {
    return failure.getCause() instanceof UnknownHostException;
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

  /** An answer took that long. */
  void took(Duration answer) {
    if (answer.compareTo(roundTrip) < 0) {
      roundTrip = answer;
    }
  }

  /** Whether a server was reached before. */
  boolean hasConnected() {
    return address != null;
  }

  private Proof proof() {
    return server.credentials().isPresent()
        ? new Proof.Key(server.credentials().get())
        : new Proof.Certificate(server.certificateUser().orElse(""));
  }

  private Dialled dial(Endpoint host, Proof proof, Operation operation) throws IOException {
    Socket socket = connect(host, proof instanceof Proof.Ticket ? address : null, operation);
    try {
      operation.attach(socket);
      protection = Optional.empty();
      return logIn(socket, host, proof);
    } catch (LostException | WireException | RuntimeException e) {
      close(socket, e);
      throw e;
    } catch (IOException e) {
      close(socket, e);
      throw LostException.of(e, null);
    }
  }

  private Dialled logIn(Socket socket, Endpoint host, Proof proof) throws IOException {
    Optional<TlsChannel> secured = secure(socket, host);
    Connection connection;
    if (secured.isPresent()) {
      TlsChannel channel = secured.get();
      connection = Connection.secured(socket, channel, server.idleTimeout());
    } else {
      connection = Connection.of(socket, server.idleTimeout());
    }
    connection.pace(shared.inward, shared.outward);
    Wire wire =
        new Wire(connection, shared.chunks)
            .tapped(
                server
                    .tap()
                    .open(
                        "waybill",
                        (InetSocketAddress) socket.getLocalSocketAddress(),
                        (InetSocketAddress) socket.getRemoteSocketAddress()));
    try {
      List<ChannelBinding> bindings =
          secured.isPresent() ? secureHandshake(connection, secured.get()) : List.of();
      return new Dialled(wire, Login.asClient(wire, hello, proof, bindings, server.loginTimeout()));
    } catch (IOException | RuntimeException e) {
      try (wire) {
        throw TlsFailures.translate(server, e);
      }
    }
  }

  private Optional<TlsChannel> secure(Socket socket, Endpoint host) throws IOException {
    Optional<Tls> open = shared.tls();
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Connection.Directions raw = Connection.Directions.of(socket);
    return Optional.of(open.get().over(raw.in(), raw.out(), host.host(), host.port()));
  }

  private List<ChannelBinding> secureHandshake(Connection connection, TlsChannel channel)
      throws IOException {
    connection.open("the TLS handshake", server.loginTimeout(), channel::handshake);
    protection = Optional.of("TLSv1.3 " + channel.cipherSuite());
    List<ChannelBinding> bindings = new ArrayList<>();
    for (BindingType type : channel.channelBindings()) {
      bindings.add(new ChannelBinding(type.text(), channel.channelBinding(type)));
    }
    return bindings;
  }

  /** What is connected to from here: the proxy, if there is one. */
  private Endpoint near(Endpoint host) {
    return server.proxy().map(each -> new Endpoint(each.host(), each.port())).orElse(host);
  }

  private Socket connect(Endpoint host, @Nullable InetAddress known, Operation operation)
      throws IOException {
    List<InetAddress> addresses =
        known == null ? Addresses.of(near(host).host(), server.resolver()) : List.of(known);
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
    Socket socket = createSocket();
    try {
      operation.attach(socket);
      long begun = System.nanoTime();
      try {
        socket.connect(
            new InetSocketAddress(to, near(host).port()), Math.toIntExact(allowed.toMillis()));
      } catch (IOException e) {
        throw notConnected(e);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      roundTrip =
          server.proxy().isPresent()
              ? through(server.proxy().get(), socket, host, allowed.minus(took))
              : took;
      address = to;
      return socket;
    } catch (IOException | RuntimeException e) {
      close(socket, e);
      throw e;
    }
  }

  private static Duration through(ProxyServer proxy, Socket socket, Endpoint host, Duration allowed)
      throws LostException {
    try {
      return proxy.open(socket, host.host(), host.port(), allowed);
    } catch (IOException e) {
      if (e instanceof ProxyException refused
          && refused.reason() != ProxyException.Reason.UNREACHABLE) {
        throw new TransferException.Configuration(
            "No connection to waybill server %s: %s; look at the settings of %s"
                .formatted(host, e.getMessage(), proxy),
            e);
      }
      throw new LostException(proxy + ": " + e.getMessage(), e);
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

  private LostException notConnected(IOException why) {
    String to = server.proxy().map(proxy -> " to " + proxy).orElse("");
    return new LostException(
        "nothing was connected%s (%s); see whether it runs there, and whether a firewall is in between"
            .formatted(to, why.getMessage()),
        why);
  }
}
