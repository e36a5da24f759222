package io.waybill.transfer.tcp.exchange;

import java.time.Duration;

/** How long the other end may verify and publish a file before it says something. */
public final class Patience {
  private static final Duration LEAST = Duration.ofSeconds(60);
  private static final long BYTES_PER_SECOND = 10_000_000;

  private Patience() {}

  /**
   * Returns {@code max(60 s, size / 10 MB/s)}: reading, hashing and forcing a file of 100 GB may
   * take 10,000 s.
   */
  public static Duration forFile(long sizeBytes) {
    Duration work = Duration.ofSeconds(sizeBytes / BYTES_PER_SECOND);
    return work.compareTo(LEAST) > 0 ? work : LEAST;
  }
}
