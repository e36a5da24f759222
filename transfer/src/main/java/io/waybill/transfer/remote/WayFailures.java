package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.proxy.ProxyException;
import io.waybill.transfer.proxy.ProxyServer;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What goes wrong on the way to an endpoint, whatever it speaks; the rest is the endpoint's. */
final class WayFailures {
  private static final int DEEPEST = 20;

  private WayFailures() {}

  /** Translates one failure. */
  static TransferException translate(RemoteEndpoint endpoint, String what, IOException failure) {
    if (failure instanceof StalledException stalled) {
      return new TransferException.Timeout(
          endpoint.name(),
          stalled.limit(),
          "No progress with %s, at %s: %s"
              .formatted(endpoint.name(), endpoint.shown(what), stalled.getMessage()),
          stalled);
    }
    return proxyIn(failure)
        .map(refusal -> translate(endpoint, refusal))
        .orElseGet(() -> endpoint.translate(what, failure));
  }

  private static TransferException translate(RemoteEndpoint endpoint, ProxyException refusal) {
    String proxy =
        endpoint.terms().proxy().map(ProxyServer::toString).orElse("the proxy of the sockets");
    if (refusal.reason() == ProxyException.Reason.UNREACHABLE) {
      return new TransferException.Connection(
          endpoint.name(),
          "No connection to %s through %s: %s"
              .formatted(endpoint.name(), proxy, refusal.getMessage()),
          refusal);
    }
    return new TransferException.Configuration(
        "No connection to %s: %s; look at the settings of %s"
            .formatted(endpoint.name(), refusal.getMessage(), proxy),
        refusal);
  }

  private static Optional<ProxyException> proxyIn(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at instanceof ProxyException refusal) {
        return Optional.of(refusal);
      }
      at = at.getCause();
    }
    return Optional.empty();
  }
}
