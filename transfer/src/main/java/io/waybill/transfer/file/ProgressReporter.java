package io.waybill.transfer.file;

import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TransferProgress.Phase;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener about one file: at each change of phase, and at most once a second in between. A
 * listener that throws is logged and not asked again. For one thread.
 */
public final class ProgressReporter {
  /** The length of what only its end tells; then as much is told of as has come. */
  public static final long UNKNOWN = -1;

  private static final Logger LOG = LoggerFactory.getLogger(ProgressReporter.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final String file;
  private final long totalBytes;
  private final LongSupplier nanoClock;
  private TransferListener listener;
  private @Nullable Phase phase;
  private @Nullable AverageRate rate;
  private long toldAt;

  /** Reports on {@code file}, named as the caller named it. */
  public ProgressReporter(
      TransferListener listener, String file, long totalBytes, LongSupplier nanoClock) {
    this.listener = listener;
    this.file = file;
    this.totalBytes = totalBytes;
    this.nanoClock = nanoClock;
  }

  /** Tells how far the file is, if it is time to. */
  public void at(Phase now, long bytes) {
    long nanos = nanoClock.getAsLong();
    if (now == phase && nanos - toldAt < INTERVAL_NANOS) {
      return;
    }
    phase = now;
    toldAt = nanos;
    if (rate == null) {
      rate = new AverageRate(nanos, bytes);
    }
    long speed = rate.bytesPerSecond(nanos, bytes);
    try {
      listener.progressed(
          new TransferProgress(
              file, now, bytes, Math.max(bytes, totalBytes), speed, Optional.empty()));
    } catch (RuntimeException e) {
      listener = TransferListener.NONE;
      LOG.warn("event=progress-listener-failed file={}", file, e);
    }
  }
}
