package io.waybill.jobs.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.AnomalyPolicy;
import io.waybill.jobs.AnomalyPolicy.Reaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnomalyJudgeTest {
  private static final Reaction OFF = Reaction.OFF;
  private static final Reaction WARN = Reaction.WARN;

  private static AnomalyPolicy only(String quantity, int leastRuns) {
    return new AnomalyPolicy(
        quantity.equals("duration") ? WARN : OFF,
        quantity.equals("bytes") ? WARN : OFF,
        quantity.equals("files") ? WARN : OFF,
        quantity.equals("latency") ? WARN : OFF,
        leastRuns);
  }

  /** Returns a run that has this value of everything. */
  private static RunMeasure run(long value) {
    return new RunMeasure(value, value, value, OptionalLong.of(value));
  }

  private static List<RunMeasure> runs(long... values) {
    return Arrays.stream(values).mapToObj(AnomalyJudgeTest::run).toList();
  }

  private static List<String> texts(
      String quantity, long value, List<RunMeasure> earlier, int leastRuns) {
    return AnomalyJudge.judge(run(value), earlier, only(quantity, leastRuns)).stream()
        .map(Anomaly::text)
        .toList();
  }

  @ParameterizedTest(name = "{0}: {2} after {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // a steady series: half of the median
        "bytes | 3100000 | 12000 | 12 kB instead of the usual 3.1 MB",
        "bytes | 3100000 | 1550000 | -",
        "bytes | 3100000 | 1549999 | 1.5 MB instead of the usual 3.1 MB",
        "bytes | 3100000 | 4650000 | -",
        "bytes | 3100000 | 4650001 | 4.7 MB instead of the usual 3.1 MB",
        "bytes | 3100000 | 0 | 0 B instead of the usual 3.1 MB",
        // more of little is nothing, less of it is
        "bytes | 300 | 1300 | -",
        "bytes | 300 | 1301 | 1.3 kB instead of the usual 300 B",
        "bytes | 300 | 149 | 149 B instead of the usual 300 B",
        "bytes | 0 | 1000000000 | -",
        "files | 12 | 1 | 1 file instead of the usual 12",
        "files | 12 | 6 | -",
        "files | 12 | 5 | 5 files instead of the usual 12",
        "files | 12 | 18 | -",
        "files | 12 | 19 | 19 files instead of the usual 12",
        "files | 1 | 0 | 0 files instead of the usual 1",
        "files | 1 | 2 | -",
        "files | 1 | 3 | 3 files instead of the usual 1",
        "files | 0 | 500 | -",
        // times: longer only
        "duration | 40000 | 840000 | took 14m instead of the usual 40s",
        "duration | 40000 | 1 | -",
        "duration | 40000 | 60000 | -",
        "duration | 40000 | 60001 | took 1m instead of the usual 40s",
        "duration | 200 | 1200 | -",
        "duration | 200 | 1201 | took 1.2s instead of the usual 200ms",
        "duration | 0 | 1000 | -",
        "duration | 0 | 1001 | took 1s instead of the usual 0ms",
        "latency | 4 | 54 | -",
        "latency | 4 | 55 | a check took 55ms instead of the usual 4ms",
        "latency | 40 | 900 | a check took 900ms instead of the usual 40ms",
        "latency | 40 | 0 | -",
      })
  void aSteadySeriesIsLeftAtHalfOfItsMedianAndTheFloor(
      String quantity, long usual, long value, String text) {
    List<RunMeasure> earlier = Collections.nCopies(10, run(usual));

    assertThat(texts(quantity, value, earlier, 10))
        .isEqualTo(text == null ? List.of() : List.of(text));
  }

  @ParameterizedTest(name = "{0} files after 10 to 50")
  @CsvSource({"0, false", "104, false", "105, true"})
  void aSeriesThatVariesIsLeftAtFiveDeviations(long value, boolean isUnusual) {
    // median 30, distances 0 10 10 20 20, their median 10, times 1.4826 and 5 is 74.13
    assertThat(texts("files", value, runs(10, 20, 30, 40, 50), 5)).hasSize(isUnusual ? 1 : 0);
  }

  @Test
  void oneOutlierAmongTheEarlierOnesChangesNothing() {
    List<RunMeasure> earlier = runs(100, 100, 100, 100, 1_000_000, 100, 100, 100, 100, 100);

    assertThat(texts("files", 10, earlier, 10))
        .containsExactly("10 files instead of the usual 100");
  }

  @Test
  void nothingIsSaidBeforeThereAreEnoughRuns() {
    assertThat(texts("bytes", 1, Collections.nCopies(9, run(1_000)), 10)).isEmpty();
    assertThat(texts("bytes", 1, Collections.nCopies(10, run(1_000)), 10)).hasSize(1);
    assertThat(texts("bytes", 1, List.of(run(1_000)), 1)).hasSize(1);
    assertThat(texts("bytes", 1, List.of(), 1)).isEmpty();
  }

  @Test
  void runsWithoutAChecksLatencyDoNotCountForIt() {
    List<RunMeasure> earlier =
        new ArrayList<>(Collections.nCopies(50, new RunMeasure(1, 1, 1, OptionalLong.empty())));
    assertThat(texts("latency", 900, earlier, 10)).isEmpty();

    earlier.addAll(Collections.nCopies(10, run(40)));
    assertThat(texts("latency", 900, earlier, 10)).hasSize(1);
    assertThat(
            AnomalyJudge.judge(
                new RunMeasure(1, 1, 1, OptionalLong.empty()), earlier, only("latency", 10)))
        .isEmpty();
  }

  @Test
  void aNewNormalIsLearnedAfterHalfOfThirtyRuns() {
    List<RunMeasure> fifteen = new ArrayList<>(Collections.nCopies(15, run(10)));
    fifteen.addAll(Collections.nCopies(85, run(100)));
    List<RunMeasure> sixteen = new ArrayList<>(fifteen);
    sixteen.add(0, run(10));

    assertThat(texts("files", 10, fifteen.subList(1, 100), 10)).hasSize(1);
    assertThat(texts("files", 10, sixteen, 10)).isEmpty();
    // who asks for more runs has them looked at
    assertThat(texts("files", 10, sixteen, 60)).hasSize(1);
  }

  @Test
  void eachQuantityHasAReactionOfItsOwn() {
    List<RunMeasure> earlier = Collections.nCopies(10, run(100_000));
    AnomalyPolicy policy = new AnomalyPolicy(WARN, Reaction.FAIL, WARN, OFF, 10);

    assertThat(AnomalyJudge.judge(run(1_000_000), earlier, policy))
        .containsExactly(
            new Anomaly("took 17m instead of the usual 1m40s", false),
            new Anomaly("1 MB instead of the usual 100 kB", true),
            new Anomaly("1000000 files instead of the usual 100000", false));
    assertThat(AnomalyJudge.judge(run(1_000_000), earlier, AnomalyPolicy.OFF)).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20261130, 4711})
  void noiseIsNothingAndATenthIsUnusual(long seed) {
    Random random = new Random(seed);
    for (int series = 0; series < 1_000; series++) {
      long usual = 10 + Math.round(Math.pow(10, 12 * random.nextDouble()));
      int count = 10 + random.nextInt(91);
      List<RunMeasure> earlier =
          LongStream.generate(() -> noisy(usual, random))
              .limit(count)
              .mapToObj(AnomalyJudgeTest::run)
              .toList();
      for (String quantity : List.of("duration", "bytes", "files", "latency")) {
        assertThat(texts(quantity, noisy(usual, random), earlier, 10))
            .describedAs("seed %d, series %d, %s around %d", seed, series, quantity, usual)
            .isEmpty();
      }
      assertThat(texts("bytes", usual / 10, earlier, 10))
          .describedAs("seed %d, series %d, a tenth of %d", seed, series, usual)
          .hasSize(1);
    }
  }

  // within 10 % above and below
  private static long noisy(long usual, Random random) {
    return Math.round(usual * (0.9 + 0.2 * random.nextDouble()));
  }
}
