package io.waybill.transfer.sync;

import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.file.AverageRate;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one progress of those of many files, told at most once a second and at the end. */
final class SyncProgress {
  private static final Logger LOG = LoggerFactory.getLogger(SyncProgress.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final TransferListener listener;
  private final String target;
  private final long totalBytes;
  private final long files;
  private final LongSupplier nanos;
  private final AverageRate rate;
  private long bytes;
  private long filesDone;
  private long toldAt;

  SyncProgress(
      TransferListener listener, String target, long totalBytes, long files, LongSupplier nanos) {
    this.listener = listener;
    this.target = target;
    this.totalBytes = totalBytes;
    this.files = files;
    this.nanos = nanos;
    this.toldAt = nanos.getAsLong();
    this.rate = new AverageRate(toldAt, 0);
  }

  /** Starts a file; its listener is for one copy only. */
  FileProgress file(long ofBytes) {
    return new FileProgress(ofBytes);
  }

  /** What one file has contributed. */
  final class FileProgress implements TransferListener {
    private final long ofBytes;
    private long counted;

    private FileProgress(long ofBytes) {
      this.ofBytes = ofBytes;
    }

    @Override
    public void progressed(TransferProgress progress) {
      synchronized (SyncProgress.this) {
        // a file that has grown since it was listed must not count for more than the plan says
        count(Math.min(progress.bytes(), ofBytes));
        tell(TransferProgress.Phase.TRANSFERRING, false);
      }
    }

    /** Ends the file, copied or not. */
    void done() {
      synchronized (SyncProgress.this) {
        count(ofBytes);
        filesDone++;
        tell(TransferProgress.Phase.TRANSFERRING, false);
      }
    }

    private void count(long now) {
      if (now > counted) {
        bytes += now - counted;
        counted = now;
      }
    }
  }

  /** Tells that all is done. */
  synchronized void end() {
    tell(TransferProgress.Phase.DONE, true);
  }

  private void tell(TransferProgress.Phase phase, boolean always) {
    long now = nanos.getAsLong();
    if (!always && now - toldAt < INTERVAL_NANOS) {
      return;
    }
    toldAt = now;
    try {
      listener.progressed(
          new TransferProgress(
              target,
              phase,
              bytes,
              totalBytes,
              rate.bytesPerSecond(now, bytes),
              Optional.of(new TransferProgress.Tree(filesDone, files))));
    } catch (RuntimeException e) {
      LOG.warn("event=listener-failed target={}", target, e);
    }
  }
}
