package io.waybill.jobs.cli;

import io.waybill.jobs.step.CopyListener;
import io.waybill.transfer.tcp.Retry;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Prints on standard error how far a copy is: drawn over itself on a terminal, a line every ten
 * seconds elsewhere.
 */
final class CopyProgress implements CopyListener {
  private static final long LINE_EVERY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long DRAW_EVERY_NANOS = Duration.ofMillis(200).toNanos();
  private static final int BAR = 24;

  private final PrintStream err;
  private final boolean quiet;
  private final boolean terminal;
  private final LongSupplier nanos;
  private long begun;
  private long lastDrawn;
  private int files;
  private int filesDone;
  private long bytes;
  private long bytesDone;
  private long bytesOfThis;
  private long skippedOfThis = -1;
  private long moved;
  private boolean drawn;
  private Optional<String> trouble = Optional.empty();

  CopyProgress(PrintStream err, boolean quiet, boolean terminal, LongSupplier nanos) {
    this.err = err;
    this.quiet = quiet;
    this.terminal = terminal;
    this.nanos = nanos;
    begun = nanos.getAsLong();
    lastDrawn = begun;
  }

  @Override
  public synchronized void planned(int fileCount, long totalBytes) {
    files = fileCount;
    bytes = totalBytes;
    begun = nanos.getAsLong();
    lastDrawn = begun;
  }

  @Override
  public synchronized void moved(String file, long done, long total) {
    if (skippedOfThis < 0) {
      skippedOfThis = done; // what an earlier try had brought does not count for the rate
    }
    moved += Math.max(0, done - Math.max(bytesOfThis, skippedOfThis));
    trouble = Optional.empty();
    bytesOfThis = done;
    draw(file);
  }

  @Override
  public synchronized void ended(String file, long sizeBytes) {
    bytesDone += sizeBytes;
    bytesOfThis = 0;
    skippedOfThis = -1;
    filesDone++;
    draw(file);
  }

  @Override
  public synchronized void tree(long filesDone, long filesFound, long bytesDone, long bytesFound) {
    trouble = Optional.empty();
    long now = nanos.getAsLong();
    if (isDue(now)) {
      double seconds = Math.max(1e-3, (now - begun) / 1e9);
      show(
          String.format(
              Locale.ROOT,
              "%d of %d files, %s of %s found so far  %s/s",
              filesDone,
              filesFound,
              RunPrinter.size(bytesDone),
              RunPrinter.size(bytesFound),
              RunPrinter.size((long) (bytesDone / seconds))),
          now);
    }
  }

  /** Tells that a connection is lost or not to be had, and when it is tried again. */
  synchronized void retrying(Retry retry) {
    trouble = Optional.of(retry.endpoint() + ": " + retry.reason());
    if (!quiet) {
      clear();
      err.println(
          String.format(
              Locale.ROOT,
              "waybill: %s: %s; try %d of %d follows in %.1f s",
              retry.endpoint(),
              Output.printable(retry.reason()),
              retry.failures() + 1,
              retry.mostFailures(),
              retry.delay().toMillis() / 1e3));
    }
  }

  /** The last failure, if nothing has moved since. */
  synchronized Optional<String> trouble() {
    return trouble;
  }

  private void draw(String file) {
    long now = nanos.getAsLong();
    if (isDue(now)) {
      show(line(file, now), now);
    }
  }

  private boolean isDue(long now) {
    return !quiet && now - lastDrawn >= (terminal ? DRAW_EVERY_NANOS : LINE_EVERY_NANOS);
  }

  private void show(String text, long now) {
    lastDrawn = now;
    if (terminal) {
      err.print("\r\033[K" + text);
      err.flush();
      drawn = true;
    } else {
      err.println(text);
    }
  }

  private String line(String file, long now) {
    long done = bytesDone + bytesOfThis;
    double seconds = Math.max(1e-3, (now - begun) / 1e9);
    double rate = moved / seconds;
    int percent = bytes == 0 ? 100 : (int) Math.min(100, 100 * (double) done / bytes);
    String left = rate < 1 ? "" : "  " + eta((long) Math.ceil((bytes - done) / rate));
    return String.format(
        Locale.ROOT,
        "%s%3d %%  %s of %s  %s/s%s  %d of %d files  %s",
        terminal ? bar(percent) : "",
        percent,
        RunPrinter.size(done),
        RunPrinter.size(bytes),
        RunPrinter.size((long) rate),
        left,
        filesDone,
        files,
        Output.printable(file));
  }

  private static String bar(int percent) {
    int full = BAR * percent / 100;
    return "[" + "=".repeat(full) + " ".repeat(BAR - full) + "] ";
  }

  private static String eta(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d left", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d h left", seconds / 3600, seconds / 60 % 60);
  }

  /** Takes the drawn line away. */
  synchronized void clear() {
    if (drawn) {
      err.print("\r\033[K");
      err.flush();
      drawn = false;
    }
  }
}
