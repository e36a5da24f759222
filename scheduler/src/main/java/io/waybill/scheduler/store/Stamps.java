package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;

/** The ids and times that one owner writes. */
final class Stamps {
  private final InstantSource clock;
  private final Ulid ids;

  Stamps(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.ids = new Ulid(clock, random);
  }

  String nextId() {
    return ids.next();
  }

  Instant now() {
    return millis(clock.instant());
  }

  /** Returns a run that is recorded now. */
  Run.Builder newRun(String job, TriggerKind kind, Instant scheduledAt) {
    return Run.builder()
        .id(nextId())
        .job(job)
        .kind(kind)
        .scheduledAt(millis(scheduledAt))
        .createdAt(now());
  }

  // the columns keep milliseconds: what is returned must equal what is read back
  static Instant millis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }
}
