package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.login.ChannelBinding;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Proof;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.tls.Tls;
import io.waybill.transfer.tcp.tls.TlsChannel;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes connections to a server, logged in, for one client. */
final class Dialer {
  private static final Set<String> CAPABILITIES = Hello.capabilities(Compression.isAvailable());

  private final WaybillServer server;
  private final Hello hello = Hello.client(CAPABILITIES, Instance.random());
  private final BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
  private volatile Duration roundTrip = Duration.ZERO;
  // how the last connection is protected, protocol and cipher
  private volatile Optional<String> protection = Optional.empty();
  private @Nullable Tls tls;

  /** A connection that is logged in. */
  record Dialled(Wire wire, Login.Result login) {}

  Dialer(WaybillServer server) {
    this.server = server;
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
   * Begins a session.
   *
   * @throws LostException if the server cannot be reached
   * @throws WireException if it refuses
   */
  Dialled logIn(Operation operation) throws IOException {
    Proof proof =
        server.credentials().isPresent()
            ? new Proof.Key(server.credentials().get())
            : new Proof.Certificate("");
    return dial(proof, operation);
  }

  /** Joins a session. */
  Dialled join(String ticket, Operation operation) throws IOException {
    return dial(new Proof.Ticket(ticket), operation);
  }

  private Dialled dial(Proof proof, Operation operation) throws IOException {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      throw new LostException("the name " + server.host() + " is not known");
    }
    Socket socket = createSocket();
    try {
      operation.attach(socket);
      protection = Optional.empty();
      long begun = System.nanoTime();
      connect(socket, address);
      roundTrip = Duration.ofNanos(System.nanoTime() - begun);
      return logIn(socket, proof);
    } catch (LostException | WireException | RuntimeException e) {
      close(socket, e);
      throw e;
    } catch (IOException e) {
      close(socket, e);
      throw LostException.of(e, null);
    }
  }

  private Dialled logIn(Socket socket, Proof proof) throws IOException {
    Optional<TlsChannel> secured = secure(socket);
    Connection connection;
    if (secured.isPresent()) {
      TlsChannel channel = secured.get();
      connection = new Connection(channel, channel, channel, server.idleTimeout());
    } else {
      connection = Connection.of(socket, server.idleTimeout());
    }
    Wire wire = new Wire(connection, chunks);
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

  private Optional<TlsChannel> secure(Socket socket) throws IOException {
    Optional<Tls> open = tls();
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Connection.Directions raw = Connection.Directions.of(socket);
    return Optional.of(open.get().over(raw.in(), raw.out(), server.host(), server.port()));
  }

  private List<ChannelBinding> secureHandshake(Connection connection, TlsChannel channel)
      throws IOException {
    connection.open("the TLS handshake", server.loginTimeout(), channel::handshake);
    protection = Optional.of("TLSv1.3 " + channel.cipherSuite());
    List<ChannelBinding> bindings = new ArrayList<>();
    for (io.waybill.transfer.tcp.tls.ChannelBinding type : channel.channelBindings()) {
      bindings.add(new ChannelBinding(type.text(), channel.channelBinding(type)));
    }
    return bindings;
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

  private void connect(Socket socket, InetSocketAddress address) throws LostException {
    try {
      socket.connect(address, Math.toIntExact(server.connectTimeout().toMillis()));
    } catch (IOException e) {
      throw LostException.of(e, null);
    }
  }
}
