package io.waybill.mail.outbox;

import io.waybill.mail.MailException;

/**
 * Refuses more than may wait. The rows are counted anew once a second at most; in between, what is
 * added here is counted along.
 */
final class BackPressure {
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final OutboxRows rows;
  private final OutboxSettings settings;
  private OutboxLoad load = new OutboxLoad(0, 0);
  private long countedNanos;
  private boolean isCounted;

  BackPressure(OutboxRows rows, OutboxSettings settings) {
    this.rows = rows;
    this.settings = settings;
  }

  /**
   * Lets a message in.
   *
   * @throws MailException.OutboxFull if there is no room for it
   */
  synchronized void admit(long bytes) {
    if (bytes > settings.maxBytes()) {
      throw new MailException.OutboxFull(
          "a message of %d bytes, where %d may wait together"
              .formatted(bytes, settings.maxBytes()));
    }
    if (!isCounted || System.nanoTime() - countedNanos > FRESH_NANOS) {
      load = rows.load();
      countedNanos = System.nanoTime();
      isCounted = true;
    }
    if (load.entries() >= settings.maxEntries() || load.bytes() + bytes > settings.maxBytes()) {
      isCounted = false; // the next one looks again
      throw new MailException.OutboxFull(
          "%d messages of %d bytes wait, of %d and %d that may"
              .formatted(load.entries(), load.bytes(), settings.maxEntries(), settings.maxBytes()));
    }
    load = new OutboxLoad(load.entries() + 1, load.bytes() + bytes);
  }
}
