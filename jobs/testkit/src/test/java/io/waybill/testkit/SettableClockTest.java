package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class SettableClockTest {
  private final SettableClock clock = SettableClock.at("2026-03-29T00:59:59Z");

  @Test
  void standsStillUntilMoved() {
    Instant first = clock.instant();

    assertThat(clock.instant()).isEqualTo(first).isEqualTo("2026-03-29T00:59:59Z");
    assertThat(clock.advance(Duration.ofSeconds(1))).isEqualTo("2026-03-29T01:00:00Z");
    assertThat(clock.instant()).isEqualTo("2026-03-29T01:00:00Z");
  }

  @Test
  void goesBackwardsWhenSet() {
    clock.set(Instant.EPOCH);

    assertThat(clock.millis()).isZero();
  }

  @Test
  void zonedClocksShareTheInstant() {
    Clock apia = clock.withZone(ZoneId.of("Pacific/Apia"));

    clock.advance(Duration.ofHours(12));

    assertThat(apia.instant()).isEqualTo(clock.instant());
    assertThat(LocalDate.now(apia)).isEqualTo("2026-03-30");
    assertThat(LocalDate.now(clock)).isEqualTo("2026-03-29");
  }
}
