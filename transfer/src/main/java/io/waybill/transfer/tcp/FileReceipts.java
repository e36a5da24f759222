package io.waybill.transfer.tcp;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Writes a receipt for each file of a tree, if somebody wants it.
 *
 * @param to is told of each
 * @param source where a file of the tree comes from, by its path in the tree
 * @param target where it goes
 */
record FileReceipts(
    Optional<Consumer<TransferReceipt>> to,
    Function<String, Location> source,
    Function<String, Location> target,
    InstantSource clock) {

  Instant now() {
    return clock.instant();
  }

  /**
   * A file was copied.
   *
   * @param sentBytes how many bytes of it travelled
   * @param reusedBytes how many were taken from an old target instead
   */
  void copied(
      String path,
      Outcome outcome,
      TransferOptions options,
      long sentBytes,
      long reusedBytes,
      Instant started) {
    if (to.isEmpty()) {
      return;
    }
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(source.apply(path))
            .target(target.apply(path))
            .bytes(outcome.sizeBytes())
            .verification(outcome.level())
            .bytesResumed(outcome.resumedBytes())
            .bytesSent(sentBytes)
            .bytesReused(reusedBytes)
            .tls(outcome.tls().orElse(null))
            .started(started)
            .duration(Duration.between(started, now()));
    outcome.digest(options).ifPresent(receipt::digest);
    to.get().accept(receipt.build());
  }
}
