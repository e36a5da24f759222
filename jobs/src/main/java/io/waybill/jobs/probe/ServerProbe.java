package io.waybill.jobs.probe;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.net.Network;
import io.waybill.jobs.net.TlsLook;
import io.waybill.jobs.step.HubServers;
import io.waybill.jobs.step.Trusts;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.tcp.ServerTerms;
import io.waybill.transfer.tcp.TcpTransfer;
import java.io.IOException;
import java.net.Socket;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a {@code waybill:} server: each step is told as it ends, and the first that fails is the
 * last.
 */
public final class ServerProbe {
  private static final int ROUND_TRIPS = 5;

  private final Connection.Hub hub;
  private final Function<CancelScope, SocketFactory> sockets;
  private final WireTap tap;
  private final Steps steps;

  /**
   * Prepares to look.
   *
   * @param listener told of each step as it ends
   */
  public ServerProbe(
      Connection.Hub hub,
      Function<CancelScope, SocketFactory> sockets,
      WireTap tap,
      Consumer<ProbeStep> listener) {
    this.hub = hub;
    this.sockets = sockets;
    this.tap = tap;
    this.steps = new Steps(endpoint(), listener);
  }

  /**
   * Looks.
   *
   * @param directory where temporary files go
   * @param logsIn whether anybody logs in; without it what comes before is all
   * @param writes whether a directory may be made and removed, to see what time it is there
   * @param throughputBytes the size of a file that is sent and fetched back; empty for none
   * @return why the last step failed; empty if all went well
   */
  public Optional<RuntimeException> run(
      CancelScope scope,
      String directory,
      boolean logsIn,
      boolean writes,
      OptionalLong throughputBytes) {
    SocketFactory factory = sockets.apply(scope);
    if (!network(factory).isProxied()) {
      step("name", () -> network(factory).name());
    }
    step("connect", () -> network(factory).connect());
    if (!(hub.trust() instanceof Trust.Plaintext)) {
      steps.noting("tls", facts -> tls(factory, facts), e -> told("tls", e));
    }
    if (!logsIn) {
      return steps.failure();
    }
    try (Open open = new Open()) {
      step("login", () -> login(factory, open));
      step("round-trip", () -> roundTrip(open.session()));
      if (writes) {
        step("clock", () -> Clock.compare(() -> time(open.session(), directory)));
      }
      if (throughputBytes.isPresent()) {
        long bytes = throughputBytes.getAsLong();
        step("throughput", () -> Throughput.measure(open.session(), directory, bytes));
      }
    }
    return steps.failure();
  }

  /** The session, once there is one. */
  private static final class Open implements AutoCloseable {
    private @Nullable TcpTransfer session;

    TcpTransfer session() {
      return Objects.requireNonNull(session, "no step is done after a login that failed");
    }

    @Override
    public void close() {
      if (session != null) {
        session.close();
      }
    }
  }

  private void step(String name, Steps.Look look) {
    steps.step(name, look, e -> told(name, e));
  }

  private static Optional<Instant> time(TcpTransfer transfer, String directory) {
    String made = Throughput.temporary(directory);
    transfer.mkdir(made);
    Optional<Instant> time = transfer.stat(made).flatMap(FileEntry::modified);
    transfer.removeDirectory(made);
    return time;
  }

  private String told(String name, IOException e) {
    return switch (name) {
      case "connect" ->
          "Cannot connect to %s: %s; is \"waybill serve\" up there, and is the port open on the way?"
              .formatted(endpoint(), e.getMessage());
      case "tls" ->
          "No TLS with %s: %s; a server without TLS is asked with --plaintext"
              .formatted(endpoint(), e.getMessage());
      default -> String.valueOf(e.getMessage());
    };
  }

  private void tls(SocketFactory factory, Map<String, Object> facts) throws IOException {
    Network network = network(factory);
    try (Socket socket = network.connected()) {
      facts.putAll(TlsLook.atHub(socket, hub.host(), hub.port()));
    }
    TlsLook.requireTrusted(network, Trusts.of(hub.trust()), true, facts, network::connected);
  }

  private Map<String, Object> login(SocketFactory factory, Open open) {
    TcpTransfer transfer = TcpTransfer.connect(HubServers.of(hub, factory).tap(tap).build());
    open.session = transfer;
    ServerTerms terms = transfer.terms();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("user", terms.user());
    facts.put("version", terms.version());
    facts.put("capabilities", List.copyOf(terms.capabilities()));
    facts.put("streams", (long) terms.streams());
    facts.put("chunk-limit", (long) terms.chunkLimitBytes());
    facts.put("may-list", mayList(transfer));
    return facts;
  }

  private static boolean mayList(TcpTransfer transfer) {
    try {
      transfer.list("", false);
      return true;
    } catch (TransferException.Refused e) {
      if (e.isTransient()) {
        throw e;
      }
      return false;
    }
  }

  private static Map<String, Object> roundTrip(TcpTransfer transfer) {
    long[] micros = new long[ROUND_TRIPS];
    for (int i = 0; i < ROUND_TRIPS; i++) {
      long begun = System.nanoTime();
      transfer.stat("");
      micros[i] = (System.nanoTime() - begun) / 1000;
    }
    Arrays.sort(micros);
    return Map.of("median-micros", micros[ROUND_TRIPS / 2], "least-micros", micros[0]);
  }

  private Network network(SocketFactory factory) {
    return new Network(hub.host(), hub.port(), factory);
  }

  private String endpoint() {
    return hub.host() + ":" + hub.port();
  }
}
