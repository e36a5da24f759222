package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class H2VersionsTest {
  @ParameterizedTest
  @CsvSource({
    "2.5.252, true",
    "2.5.252 (2026-08-01), true",
    "2.5.250 (2026-06-01), true",
    "2.5.253 (2026-12-01), false",
    "2.5.2520, false",
    "2.4.240 (2025-09-22), false",
    "2.3.232 (2024-08-11), false",
    "12.5.252, false",
  })
  void refusesOnlyTheReleasesThatLoseCommits(String version, boolean lossy) {
    assertThat(H2Versions.isLossy(version)).isEqualTo(lossy);
  }
}
