package io.waybill.jobs.probe;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.step.HubServers;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.tcp.ServerTerms;
import io.waybill.transfer.tcp.TcpTransfer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final Consumer<ProbeStep> listener;

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
    this.listener = listener;
  }

  /** Does one step and says what it found. */
  @FunctionalInterface
  private interface Look {
    Map<String, Object> look() throws IOException;
  }

  /**
   * Looks.
   *
   * @param directory where the throughput's temporary file goes
   * @param throughputBytes its size; empty for no such test
   * @return why the last step failed; empty if all went well
   */
  public Optional<RuntimeException> run(
      CancelScope scope, String directory, OptionalLong throughputBytes) {
    SocketFactory factory = sockets.apply(scope);
    Optional<RuntimeException> failure =
        network(factory).isProxied()
            ? Optional.empty()
            : step("name", () -> network(factory).name());
    failure = failure.or(() -> step("connect", () -> network(factory).connect()));
    if (!(hub.trust() instanceof Trust.Plaintext)) {
      failure = failure.or(() -> step("tls", () -> tls(factory)));
    }
    if (failure.isPresent()) {
      return failure;
    }
    TcpTransfer[] open = new TcpTransfer[1];
    try {
      failure = step("login", () -> login(factory, open));
      TcpTransfer transfer = open[0];
      if (failure.isPresent() || transfer == null) {
        return failure;
      }
      failure = step("round-trip", () -> roundTrip(transfer));
      if (throughputBytes.isPresent()) {
        long bytes = throughputBytes.getAsLong();
        failure =
            failure.or(
                () -> step("throughput", () -> Throughput.measure(transfer, directory, bytes)));
      }
      return failure;
    } finally {
      if (open[0] != null) {
        open[0].close();
      }
    }
  }

  private Optional<RuntimeException> step(String name, Look look) {
    long begun = System.nanoTime();
    Map<String, Object> facts = Map.of();
    @Nullable RuntimeException failure = null;
    try {
      facts = look.look();
    } catch (TransferException e) {
      failure = e;
    } catch (IOException e) {
      failure = new TransferException.Connection(endpoint(), told(name, e), e);
    }
    listener.accept(
        new ProbeStep(
            name,
            Duration.ofNanos(System.nanoTime() - begun),
            facts,
            Optional.ofNullable(failure)));
    return Optional.ofNullable(failure);
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

  private Map<String, Object> tls(SocketFactory factory) throws IOException {
    try (Socket socket = network(factory).connected()) {
      return TlsLook.atHub(socket, hub.host(), hub.port());
    }
  }

  private Map<String, Object> login(SocketFactory factory, TcpTransfer[] open) {
    TcpTransfer transfer = TcpTransfer.connect(HubServers.of(hub, factory).tap(tap).build());
    open[0] = transfer;
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
