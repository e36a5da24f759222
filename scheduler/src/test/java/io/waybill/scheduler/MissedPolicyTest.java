package io.waybill.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissedPolicyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final List<Instant> HOURLY =
      List.of(NOW.minusSeconds(3 * 3600), NOW.minusSeconds(2 * 3600), NOW.minusSeconds(3600));

  private static List<Boolean> runs(MissedPolicy policy) {
    return policy.decide(HOURLY, NOW).stream().map(MissedPolicy.Decision::runs).toList();
  }

  @Test
  void skipLetsAllGo() {
    assertThat(runs(MissedPolicy.skip())).containsExactly(false, false, false);
  }

  @Test
  void runOnceMakesUpTheLatestUnlessTooLate() {
    assertThat(runs(MissedPolicy.runOnce())).containsExactly(false, false, true);
    assertThat(runs(MissedPolicy.runOnce(Duration.ofMinutes(59))))
        .containsExactly(false, false, false);
  }

  @Test
  void runAllIsBoundedInNumberAndAge() {
    assertThat(runs(MissedPolicy.runAll(2, Duration.ofDays(1)))).containsExactly(false, true, true);
    assertThat(runs(MissedPolicy.runAll(9, Duration.ofHours(2))))
        .containsExactly(false, true, true);
  }

  @Test
  void saysWhyInWords() {
    assertThat(MissedPolicy.runOnce().decide(HOURLY, NOW))
        .extracting(MissedPolicy.Decision::reason)
        .containsExactly(
            "missed by 10800s; run-once makes up only the latest firing",
            "missed by 7200s; run-once makes up only the latest firing",
            "missed by 3600s; run-once makes it up now");
  }

  @Test
  void aFiringInTimeIsTheLatestForRunOnceAndTakesNoneOfTheOthersFromRunAll() {
    assertThat(MissedPolicy.runOnce().decide(HOURLY, NOW, true))
        .allSatisfy(
            decision -> {
              assertThat(decision.runs()).isFalse();
              assertThat(decision.reason()).endsWith("the latest firing, and that is in time");
            });
    assertThat(MissedPolicy.runAll(1, Duration.ofDays(30)).decide(HOURLY, NOW, true))
        .filteredOn(MissedPolicy.Decision::runs)
        .extracting(MissedPolicy.Decision::scheduledAt)
        .containsExactly(HOURLY.get(HOURLY.size() - 1));
  }
}
