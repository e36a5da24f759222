package io.waybill.jobs.step;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Moves a file within a waybill server, which renames to free names only. */
final class HubMove {
  private HubMove() {}

  /**
   * Renames a file.
   *
   * @param file what it is
   * @return empty, with nothing done, if the name is taken or the server does not rename
   * @throws TransferException.Ambiguous if the connection was lost before the answer came
   */
  static Optional<TransferReceipt> rename(
      FileTransfer session,
      Place.Remote from,
      Place.Remote to,
      FileEntry file,
      InstantSource clock) {
    Instant started = clock.instant();
    try {
      session.rename(from.path(), to.path());
    } catch (TransferException.Refused e) {
      if (e.isTransient()) {
        throw e;
      }
      return Optional.empty();
    }
    return Optional.of(
        TransferReceipt.builder()
            .source(location(from))
            .target(location(to))
            .bytes(file.sizeBytes())
            .bytesSent(0)
            .verification(Verification.SIZE_MTIME)
            .renamed()
            .started(started)
            .duration(Duration.between(started, clock.instant()))
            .build());
  }

  private static Location location(Place.Remote place) {
    return Location.of(
        Location.Scheme.WAYBILL,
        place.connection().host(),
        place.connection().port(),
        place.path());
  }
}
