package io.waybill.transfer.file;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What is kept of a file's time by Java's way of setting it through a directory handle. */
public final class KeptTime {
  private KeptTime() {}

  /**
   * Returns a time as it is kept: with its microseconds; one before 1970, of which Java would make
   * a negative fraction that no system takes, with its whole seconds, rounded down. Two files are
   * taken to be of the same time if these are equal.
   */
  public static Instant of(Instant time) {
    return time.truncatedTo(time.getEpochSecond() < 0 ? ChronoUnit.SECONDS : ChronoUnit.MICROS);
  }
}
