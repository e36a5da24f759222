package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.sync.SyncOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes one directory like another.
 *
 * @param from what is copied
 * @param to what becomes like it
 * @param options how, but for the ages
 * @param ages which files by their times
 * @param rate how fast each connection may be, each way; empty for what is said of it
 */
record SyncStep(Place from, Place to, SyncOptions options, Ages ages, Optional<RateLimit> rate)
    implements Step {

  /**
   * How long ago files must have been modified; empty for any time.
   *
   * @param newerThan less long ago
   * @param olderThan longer ago
   */
  record Ages(Optional<Duration> newerThan, Optional<Duration> olderThan) {
    Ages {
      Objects.requireNonNull(newerThan, "newerThan");
      Objects.requireNonNull(olderThan, "olderThan");
    }
  }

  SyncStep {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(ages, "ages");
    Objects.requireNonNull(rate, "rate");
  }

  /** Says whether both directories are on this machine. */
  boolean isHere() {
    return from instanceof Place.Local && to instanceof Place.Local;
  }

  /** Returns the options of an attempt that begins at a moment. */
  SyncOptions optionsAt(Instant now) {
    SyncOptions.Builder builder = options.toBuilder();
    ages.newerThan().map(now::minus).ifPresent(builder::newerThan);
    ages.olderThan().map(now::minus).ifPresent(builder::olderThan);
    return builder.build();
  }
}
