package io.waybill.jobs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.config.JobFileOutline;
import io.waybill.jobs.config.JobFileWatch.Look;
import io.waybill.jobs.daemon.ReloadState.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where a daemon stands with its files, as they come and go. */
class ReloadStateTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Look LOOK = new Look(new TreeMap<>(Map.of("waybill.yml", "sha-256:1")));
  private static final List<Map<String, Object>> MISTAKE = List.of(Map.of("message", "wrong"));

  private final ReloadState started =
      ReloadState.started(
          outline("daemon.threads", "5", "daemon.audit.keep", "30d", "vars.a", "1"),
          Optional.of(LOOK),
          START);

  private static JobFileOutline outline(String... ways) {
    TreeMap<String, String> others = new TreeMap<>();
    for (int i = 0; i < ways.length; i += 2) {
      others.put(ways[i], ways[i + 1]);
    }
    return new JobFileOutline(new TreeMap<>(), others);
  }

  private static Instant minute(int minutes) {
    return START.plusSeconds(60L * minutes);
  }

  @Test
  void whatDaemonSaysOfTheStartCountsUntilARestartAndIsNamed() {
    ReloadState taken =
        started.taken(
            outline(
                "daemon.threads",
                "6",
                "daemon.store.url",
                "x",
                "daemon.audit.keep",
                "1d",
                "vars.a",
                "2"),
            LOOK,
            minute(1),
            "change");

    assertThat(taken.restart()).containsExactly("daemon.store", "daemon.threads");
    assertThat(taken.outline().others())
        .containsExactly(
            Map.entry("daemon.audit.keep", "1d"),
            Map.entry("daemon.threads", "5"),
            Map.entry("vars.a", "2"));
  }

  @Test
  void aFileThatSaysOfTheDaemonWhatItWasStartedWithNeedsNoRestartAnyMore() {
    ReloadState taken =
        started
            .taken(outline("daemon.threads", "6"), LOOK, minute(1), "change")
            .taken(outline("daemon.threads", "5", "vars.a", "1"), LOOK, minute(2), "change");

    assertThat(taken.restart()).isEmpty();
  }

  @Test
  void itIsSaidSinceWhenFilesAreNotTakenHoweverOftenTheyAreRead() {
    ReloadState refused =
        started
            .notTaken(Outcome.REFUSED, MISTAKE, minute(1), "change")
            .notTaken(Outcome.REFUSED, MISTAKE, minute(5), "signal");

    assertThat(refused.form())
        .containsEntry("at", "2026-03-01T12:05:00Z")
        .containsEntry("since", "2026-03-01T12:01:00Z")
        .containsEntry("by", "signal")
        .containsEntry("outcome", "refused")
        .containsEntry("problems", MISTAKE);
    assertThat(refused.files()).isEqualTo(started.files());
    assertThat(refused.outline()).isEqualTo(started.outline());
  }

  @Test
  void filesThatAreTakenEndIt() {
    ReloadState mended =
        started
            .notTaken(Outcome.FAILED, MISTAKE, minute(1), "change")
            .taken(started.outline(), LOOK, minute(2), "change");

    assertThat(mended.last().isWell()).isTrue();
    assertThat(mended.form()).doesNotContainKeys("since", "problems");
    assertThat(mended.notTaken(Outcome.REFUSED, MISTAKE, minute(3), "change").form())
        .containsEntry("since", "2026-03-01T12:03:00Z");
  }
}
