package io.waybill.jobs;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * What becomes of a run that is unlike the job's runs before. Immutable.
 *
 * @param duration of how long it took
 * @param bytes of how much it moved
 * @param files of how many files it moved
 * @param latency of what its checks have measured
 * @param leastRuns how many earlier runs it takes to tell, from 1 to {@value #MOST_RUNS}
 */
public record AnomalyPolicy(
    Reaction duration, Reaction bytes, Reaction files, Reaction latency, int leastRuns) {
  /** Nothing is compared. */
  public static final AnomalyPolicy OFF =
      new AnomalyPolicy(Reaction.OFF, Reaction.OFF, Reaction.OFF, Reaction.OFF, 10);

  /** The most earlier runs that can be asked for; more are not kept. */
  public static final int MOST_RUNS = 100;

  public AnomalyPolicy {
    Objects.requireNonNull(duration, "duration");
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(files, "files");
    Objects.requireNonNull(latency, "latency");
    if (leastRuns < 1 || leastRuns > MOST_RUNS) {
      throw new IllegalArgumentException("leastRuns: " + leastRuns);
    }
  }

  /** Returns whether nothing is compared. */
  public boolean isOff() {
    return Stream.of(duration, bytes, files, latency).allMatch(Reaction.OFF::equals);
  }

  /** What becomes of the run. */
  public enum Reaction {
    OFF,
    WARN,
    FAIL
  }
}
