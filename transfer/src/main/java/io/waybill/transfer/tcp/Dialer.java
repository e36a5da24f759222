package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.login.ChannelBinding;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Proof;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Makes connections to a server, logged in, for one client. */
final class Dialer {
  private static final Set<String> CAPABILITIES =
      Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS, Hello.STREAMS);

  private final WaybillServer server;
  private final Hello hello = Hello.client(CAPABILITIES, Instance.random());
  private final BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
  private volatile Duration roundTrip = Duration.ZERO;

  /** A connection that is logged in. */
  record Dialled(Wire wire, Login.Result login) {}

  Dialer(WaybillServer server) {
    this.server = server;
  }

  /** How long the last connecting took, about one round trip. */
  Duration roundTrip() {
    return roundTrip;
  }

  /**
   * Begins a session.
   *
   * @throws LostException if the server cannot be reached
   * @throws WireException if it refuses
   */
  Dialled logIn(Operation operation) throws IOException {
    return dial(new Proof.Key(server.credentials()), operation);
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
    if (!address.getAddress().isLoopbackAddress()) {
      throw new TransferException.Configuration(
          "Cannot use waybill server %s: without TLS, which comes with a later version, both ends must be on loopback; use 127.0.0.1, ::1 or localhost"
              .formatted(server.endpoint()));
    }
    Socket socket = createSocket();
    try {
      operation.attach(socket);
      long begun = System.nanoTime();
      connect(socket, address);
      roundTrip = Duration.ofNanos(System.nanoTime() - begun);
      Wire wire =
          new Wire(Connection.of(socket, server.idleTimeout()), chunks)
              .tapped(
                  server
                      .tap()
                      .open(
                          "waybill", (InetSocketAddress) socket.getLocalSocketAddress(), address));
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
