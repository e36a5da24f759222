package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownZoneTest {
  @Test
  void everyPlaceThatItNamesIsAZone() {
    assertThat(UnknownZone.SHORT.values().stream().flatMap(List::stream))
        .isNotEmpty()
        .isSubsetOf(ZoneId.getAvailableZoneIds());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EST", "est"})
  void aShortNameIsNotTakenForASlip(String name) {
    assertThat(UnknownZone.advice(name))
        .endsWith("write America/New_York or America/Toronto or America/Panama");
    assertThat(UnknownZone.nearest(name)).isEmpty();
  }

  @Test
  void aSlipIsAnsweredByTheNearestName() {
    assertThat(UnknownZone.advice("Europe/Pariss"))
        .isEqualTo("write one such as Europe/Paris or UTC");
    assertThat(UnknownZone.nearest("Europe/Pariss")).contains("Europe/Paris");
  }
}
