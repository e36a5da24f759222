package io.waybill.transfer.tcp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.Use;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Decides whether the receiving end reads its old target first, so that what stays equal need not
 * travel. That is worth it where the way is long and the target large.
 */
final class Delta {
  private static final Duration LEAST_ROUND_TRIP = Duration.ofMillis(2);
  private static final long LEAST_BYTES = 8 << 20;

  private Delta() {}

  static boolean ofUpload(ClientSession session, Offer offer, Use use) throws IOException {
    if (offer.terms().isRepeat() || !isPossible(session, offer.terms().identity(), use)) {
      return false;
    }
    return use == Use.ALWAYS
        || (isFar(session.roundTrip())
            && offer.source().sizeBytes() >= LEAST_BYTES
            && remoteBytes(session, offer.path()) >= LEAST_BYTES);
  }

  static boolean ofDownload(ClientSession session, Path target, TransferOptions options)
      throws IOException {
    return isPossible(session, options.integrity(), options.delta())
        && (options.delta() == Use.ALWAYS
            || (isFar(session.roundTrip())
                && Files.isRegularFile(target)
                && Files.size(target) >= LEAST_BYTES));
  }

  private static boolean isPossible(ClientSession session, Integrity identity, Use use) {
    return use != Use.NEVER && identity == Integrity.TREE && session.has(Hello.DELTA);
  }

  /** Says whether a round trip is long enough for it. */
  static boolean isFar(Duration roundTrip) {
    return roundTrip.compareTo(LEAST_ROUND_TRIP) >= 0;
  }

  private static long remoteBytes(ClientSession session, String path) throws IOException {
    try {
      FileEntry there = session.stat(path);
      return there.isFile() ? there.sizeBytes() : 0;
    } catch (WireException e) {
      // there is none, or it may not be looked at
      if (e.isFromPeer() && !e.code().endsSession()) {
        return 0;
      }
      throw e;
    }
  }
}
