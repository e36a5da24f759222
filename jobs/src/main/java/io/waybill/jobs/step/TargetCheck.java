package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.net.Network;
import io.waybill.jobs.net.TlsLook;
import io.waybill.jobs.step.CheckTarget.Endpoint;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.http.WebAnswer;
import io.waybill.transfer.http.WebExchange;
import io.waybill.transfer.http.WebRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Looks at one target of a {@code check}. */
final class TargetCheck {
  private static final int SILENCE_MILLIS = 1_000;
  private static final int MOST_REDIRECTS = 5;
  private static final int FIRST_OF_TROUBLE = 400;

  private final CheckStep step;
  private final StepServices services;
  private final ConnectionCheck connections;

  TargetCheck(CheckStep step, StepServices services) {
    this.step = step;
    this.services = services;
    this.connections = new ConnectionCheck(services);
  }

  /**
   * Looks.
   *
   * @return what there is to say of it; {@code millis} is how long the look took, without that at
   *     the certificate
   * @throws IOException if it is not as it should be
   * @throws RuntimeException as those say who were asked
   */
  Map<String, Object> look(CheckTarget target, CancelScope scope) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kind", target.kind());
    facts.put("name", target.name());
    long begun = System.nanoTime();
    Optional<Map<String, Object>> certificate = Optional.empty();
    if (target instanceof CheckTarget.Login login) {
      connections.logIn(login.connection(), scope, step.within());
      facts.put("millis", millisSince(begun));
      certificate = certificate(login.connection(), scope);
    } else if (target instanceof CheckTarget.Tcp tcp) {
      facts.putAll(network(tcp.at(), scope).connect());
    } else if (target instanceof CheckTarget.Udp udp) {
      facts.put("answered", isAnswered(udp.at(), scope));
    } else if (target instanceof CheckTarget.Dns dns) {
      facts.putAll(new Network(dns.name(), 0, services.sockets().apply(scope)).name());
    } else if (target instanceof CheckTarget.Tls tls) {
      certificate = Optional.of(tls(network(tls.at(), scope)));
    } else if (target instanceof CheckTarget.Http http) {
      facts.put("status", status(http.at(), scope));
      facts.put("millis", millisSince(begun));
      certificate = certificate(http.at().site(), scope);
    }
    facts.putIfAbsent("millis", millisSince(begun));
    if (certificate.isPresent()) {
      Map<String, Object> leaf = Plain.maps(certificate.get(), "chain").get(0);
      facts.put("days-left", Plain.number(leaf, "days-left"));
      facts.put("not-after", Plain.text(leaf, "not-after"));
    }
    return facts;
  }

  private static long millisSince(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun).toMillis();
  }

  private Optional<Map<String, Object>> certificate(Connection connection, CancelScope scope)
      throws IOException {
    return step.certificates().isAsked()
        ? connections.certificate(connection, scope)
        : Optional.empty();
  }

  private Network network(Endpoint at, CancelScope scope) {
    return new Network(at.host(), at.port(), services.sockets().apply(scope));
  }

  private Map<String, Object> tls(Network network) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    try (Socket socket = network.connected()) {
      facts.putAll(TlsLook.at(socket, network.host(), network.port()));
    }
    TlsLook.requireTrusted(network, Trusts.of(step.trust()), false, facts, network::connected);
    return facts;
  }

  // silence says nothing: many answer only what they understand
  private static boolean isAnswered(Endpoint at, CancelScope scope) throws IOException {
    try (DatagramSocket socket = new DatagramSocket();
        CancelScope.Registration registration = scope.register(socket)) {
      socket.setSoTimeout(SILENCE_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getByName(at.host()), at.port()));
      socket.send(new DatagramPacket(new byte[1], 1)); // Java sends no empty one
      socket.receive(new DatagramPacket(new byte[1], 1));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (PortUnreachableException e) {
      throw new IOException("nobody listens there", e);
    }
  }

  private long status(HttpTarget.At at, CancelScope scope) throws IOException {
    WebRequest request =
        new WebRequest(
            "GET",
            at.address(),
            Map.of(),
            BodyPublishers.noBody(),
            new WebRequest.Manner(MOST_REDIRECTS, true));
    try (WebExchange exchange =
            WebExchange.open(Endpoints.site(at.site(), services, scope, builder -> {}));
        CancelScope.Registration registration = scope.register(exchange);
        WebAnswer answer = exchange.send(request)) {
      if (answer.status() >= FIRST_OF_TROUBLE) {
        TransferException refusal = answer.refusal();
        throw refusal;
      }
      return answer.status();
    }
  }

  /**
   * Checks how long a target's certificate holds.
   *
   * @return a warning, if it is only that
   * @throws JobException.Expectation if it ends too soon
   */
  Optional<String> lasting(Map<String, Object> facts) {
    if (!(facts.get("days-left") instanceof Long days)) {
      return Optional.empty();
    }
    String what =
        "the certificate ends in %d days, at %s; renew it".formatted(days, facts.get("not-after"));
    if (step.certificates().failDays().isPresent()
        && days < step.certificates().failDays().getAsLong()) {
      throw new JobException.Expectation(what);
    }
    return step.certificates().warnDays().isPresent()
            && days < step.certificates().warnDays().getAsLong()
        ? Optional.of(what)
        : Optional.empty();
  }
}
