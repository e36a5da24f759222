package io.waybill.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
  private static long at(RateLimit limit, String time) {
    return limit.bytesPerSecond(Instant.parse("2026-11-24T" + time + "Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "10MiB/s,10485760",
    "512KiB/s,524288",
    "1GiB,1073741824",
    "2048,2048",
    "2048B/s,2048"
  })
  void readsARate(String text, long bytes) {
    assertThat(at(RateLimit.of(text), "03:00:00")).isEqualTo(bytes);
    assertThat(at(RateLimit.parse(text, ZoneOffset.UTC), "03:00:00")).isEqualTo(bytes);
  }

  @Test
  void atimetableHoldsFromEachTimeToTheNextAndOverMidnight() {
    RateLimit limit = RateLimit.parse("08:00,512KiB/s 19:00,off", ZoneOffset.UTC);
    assertThat(at(limit, "08:00:00")).isEqualTo(524_288);
    assertThat(at(limit, "18:59:59")).isEqualTo(524_288);
    assertThat(at(limit, "19:00:00")).isEqualTo(RateLimit.UNLIMITED);
    assertThat(at(limit, "00:00:00")).isEqualTo(RateLimit.UNLIMITED);
    assertThat(at(limit, "07:59:59")).isEqualTo(RateLimit.UNLIMITED);
    assertThat(limit).hasToString("08:00,524288B/s 19:00,off");
    assertThat(limit.isUnlimited()).isFalse();
  }

  @Test
  void theTimeOfDayIsThatOfTheZone() {
    RateLimit limit = RateLimit.parse("08:00,512KiB/s 19:00,off", ZoneId.of("Asia/Tokyo"));
    assertThat(at(limit, "23:30:00")).isEqualTo(524_288);
    assertThat(at(limit, "12:00:00")).isEqualTo(RateLimit.UNLIMITED);
  }

  @Test
  void unlimitedIs() {
    assertThat(RateLimit.unlimited().isUnlimited()).isTrue();
    assertThat(RateLimit.of("off").isUnlimited()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fast",
        "10mib/s",
        "-1KiB/s",
        "0",
        "1023",
        "999999999999GiB",
        "1MiB/h",
        "08:00,1MiB/s 08:00,off",
        "24:00,off",
        "8:00,off",
        "08:00,off 19:00",
        "08:00,"
      })
  void whatIsMalformedIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateLimit.parse(text, ZoneOffset.UTC))
        .withMessageContaining("rate limit");
  }
}
