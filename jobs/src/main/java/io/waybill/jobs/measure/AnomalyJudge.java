package io.waybill.jobs.measure;

import io.waybill.jobs.AnomalyPolicy;
import io.waybill.jobs.AnomalyPolicy.Reaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Says in which ways a run is unlike the job's runs before.
 *
 * <p>A value is unusual if it is further from the median of the earlier ones than five times their
 * deviation, than half of the median, and than a floor of its own: 1 s, 1 kB, 1 file, 50 ms. Times
 * are unusual only if they are longer; bytes and files also if there are fewer, and then without
 * the floor. With earlier sizes around 3,100,000 that deviate by 100,000, unusual is what is below
 * 1,550,000 or above 4,650,000, as half of the median is more than five deviations.
 *
 * <p>Where half of the runs move nothing, no amount of bytes or files is unusual.
 */
public final class AnomalyJudge {
  /** How many earlier runs are looked at, the latest, unless the policy asks for more. */
  static final int USUAL_RUNS = 30;

  private static final double DEVIATIONS = 5;
  private static final double SHARE_OF_MEDIAN = 0.5;

  private AnomalyJudge() {}

  /**
   * Judges.
   *
   * @param earlier the runs before, the latest first
   * @return in the order of duration, bytes, files, latency; empty if the run is like them
   */
  public static List<Anomaly> judge(
      RunMeasure run, List<RunMeasure> earlier, AnomalyPolicy policy) {
    List<Anomaly> anomalies = new ArrayList<>();
    for (Quantity quantity : Quantity.values()) {
      Reaction reaction = quantity.reaction(policy);
      if (reaction != Reaction.OFF) {
        unusual(quantity, run, earlier, policy.leastRuns())
            .ifPresent(text -> anomalies.add(new Anomaly(text, reaction == Reaction.FAIL)));
      }
    }
    return List.copyOf(anomalies);
  }

  private static Optional<String> unusual(
      Quantity quantity, RunMeasure run, List<RunMeasure> earlier, int leastRuns) {
    OptionalLong value = quantity.of(run);
    long[] before =
        earlier.stream()
            .map(quantity::of)
            .flatMap(each -> each.isPresent() ? Stream.of(each.getAsLong()) : Stream.empty())
            .limit(Math.max(USUAL_RUNS, leastRuns))
            .mapToLong(Long::longValue)
            .toArray();
    if (value.isEmpty() || before.length < leastRuns) {
      return Optional.empty();
    }
    Baseline usual = Baseline.of(before);
    return isUnusual(quantity, value.getAsLong(), usual)
        ? Optional.of(quantity.words(value.getAsLong(), Math.round(usual.median())))
        : Optional.empty();
  }

  private static boolean isUnusual(Quantity quantity, long value, Baseline usual) {
    if (quantity.isTwoSided() && usual.median() == 0) {
      return false;
    }
    double distance = value - usual.median();
    double tolerated = Math.max(DEVIATIONS * usual.deviation(), SHARE_OF_MEDIAN * usual.median());
    return distance > 0
        ? distance > Math.max(tolerated, quantity.floor())
        : quantity.isTwoSided() && -distance > tolerated;
  }
}
