package io.waybill.transfer.remote;

import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Moves one file within an endpoint by renaming it: no byte travels, and one that goes by two names
 * is never lost.
 */
final class RemoteMove {
  private final Lease lease;
  private final String from;
  private final String to;
  private final TransferOptions options;

  RemoteMove(Lease lease, String from, String to, TransferOptions options) {
    this.lease = lease;
    this.from = from;
    this.to = to;
    this.options = options;
  }

  /** Moves; empty, with nothing done, if the endpoint does not rename. */
  Optional<TransferReceipt> run() {
    RemoteEndpoint endpoint = lease.endpoint();
    Reconnects reconnects = new Reconnects(endpoint);
    if (lease.resuming(to, reconnects, session -> session.publishesDirectly(to))) {
      return Optional.empty();
    }
    Instant started = endpoint.terms().clock().instant();
    RemoteFile file =
        lease.resuming(from, reconnects, session -> RemoteDownload.look(endpoint, session, from));
    RemotePublish publish =
        new RemotePublish(
            endpoint, from, to, file.entry().sizeBytes(), options.targetPolicy(), null);
    String name = lease.resuming(to, reconnects, publish::run);
    return Optional.of(
        TransferReceipt.builder()
            .source(endpoint.location(from))
            .target(endpoint.location(name))
            .bytes(file.entry().sizeBytes())
            .bytesSent(0)
            .verification(Verification.SIZE_MTIME)
            .renamed()
            .reconnects(reconnects.count())
            .started(started)
            .duration(Duration.between(started, endpoint.terms().clock().instant()))
            .build());
  }
}
