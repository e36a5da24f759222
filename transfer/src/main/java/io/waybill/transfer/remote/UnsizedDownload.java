package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Location;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.ExpectedDigest;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.Spool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fetches what is made while it is sent, whose length the endpoint cannot tell: its end is what the
 * endpoint says it is. A try that breaks begins anew.
 */
final class UnsizedDownload {
  private final Lease lease;
  private final RemoteFile file;
  private final String shown;
  private final Path target;
  private final TransferOptions options;
  private final Reconnects reconnects;
  private final ProgressReporter progress;
  private int attempts;
  private long bytesSent;

  UnsizedDownload(
      Lease lease, RemoteFile file, Path target, TransferOptions options, Reconnects reconnects) {
    this.lease = lease;
    this.file = file;
    this.shown = lease.endpoint().shown(file.path());
    this.target = target;
    this.options = options;
    this.reconnects = reconnects;
    this.progress =
        new ProgressReporter(options.listener(), shown, ProgressReporter.UNKNOWN, System::nanoTime);
  }

  /** Fetches, and puts down what came of it. */
  void run(TransferReceipt.Builder receipt) throws IOException {
    if (options.targetPolicy() == TargetPolicy.APPEND) {
      throw new TransferException.Configuration(
          "%s does not tell how long it is, so it cannot be appended; use another target policy"
              .formatted(shown));
    }
    try (Spool spool = Spool.open(target.toAbsolutePath())) {
      lease.actResuming(file.path(), reconnects, session -> receive(session, spool));
      long size = spool.sizeBytes();
      progress.at(Phase.VERIFYING, size);
      Digest told = spool.digest(DigestPlan.of(options).told());
      Optional<Digest> there = resuming(session -> finished(session, receipt));
      require(options.expected(), spool, told);
      require(there, spool, told);
      requireEnough(there.isPresent() ? Verification.DIGEST : Verification.SIZE, receipt);
      receipt.bytes(size).digest(told).attempts(attempts).bytesSent(bytesSent);
      progress.at(Phase.PUBLISHING, size);
      String name = spool.publish(file.entry().modified(), options.targetPolicy());
      receipt.target(Location.of(target.resolveSibling(name)));
      progress.at(Phase.DONE, size);
    }
  }

  private <T> T resuming(Lease.Step<T> step) {
    return lease.resuming(file.path(), reconnects, step);
  }

  private void receive(RemoteSession session, Spool spool) throws IOException {
    attempts++;
    local(spool::restart);
    long[] came = {0};
    session.read(
        file,
        0,
        (bytes, length) -> {
          local(() -> spool.write(bytes, length));
          bytesSent += length;
          came[0] += length;
          progress.at(Phase.TRANSFERRING, came[0]);
          return true;
        });
  }

  // only a digest that came with the content: to ask once more would have it made once more
  private Optional<Digest> finished(RemoteSession session, TransferReceipt.Builder receipt)
      throws IOException {
    session.protection().ifPresent(receipt::tls);
    return session.hashAlgorithm().isPresent() ? session.hash(file.path()) : Optional.empty();
  }

  private void require(Optional<Digest> wanted, Spool spool, Digest known) throws IOException {
    if (wanted.isPresent()) {
      Digest.Algorithm algorithm = wanted.get().algorithm();
      Digest found = algorithm == known.algorithm() ? known : spool.digest(algorithm);
      ExpectedDigest.require(wanted, shown, List.of(found));
    }
  }

  // that all came is what the sender's mark of the end proves
  private void requireEnough(Verification reached, TransferReceipt.Builder receipt) {
    if (!reached.atLeast(options.atLeast())) {
      throw new TransferException.Integrity(
          shown,
          options.atLeast().toString(),
          reached.toString(),
          "%s was proven by %s only, as the server does not tell how long it is, and %s was asked for; nothing was published"
              .formatted(shown, reached, options.atLeast()),
          null);
    }
    receipt.verification(reached);
  }

  private void local(LocalStep step) {
    LocalStep.at(target, step);
  }
}
