package io.waybill.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final int SLICE = 256 << 10;
  private static final Instant START = Instant.parse("2026-11-24T07:59:59Z");

  private final List<Duration> sleeps = new ArrayList<>();
  private long nanos;

  private Pacer pacer(RateLimit limit) {
    return Pacer.of(
        limit,
        () -> START.plusNanos(nanos),
        () -> nanos - 77,
        duration -> {
          sleeps.add(duration);
          nanos += duration.toNanos();
        });
  }

  @Test
  void letsAHundredMillisecondsGoAtOnceAndTheRestAtTheRate() throws IOException {
    Pacer pacer = pacer(RateLimit.of("10MiB/s"));
    for (int slice = 1; slice <= 4; slice++) {
      pacer.pass(SLICE);
    }
    assertThat(nanos).isZero();
    for (int slice = 5; slice <= 8; slice++) {
      pacer.pass(SLICE);
      assertThat(nanos / 1_000_000).isBetween((slice - 4) * 25L, (slice - 4) * 25L + 1);
    }
  }

  @Test
  void aWaitThatIsSavedIsNotSavedUp() throws IOException {
    Pacer pacer = pacer(RateLimit.of("10MiB/s"));
    pacer.pass(4 * SLICE);
    nanos += Duration.ofHours(1).toNanos();
    long before = nanos;
    pacer.pass(4 * SLICE);
    assertThat(nanos).isEqualTo(before);
    pacer.pass(4 * SLICE);
    assertThat((nanos - before) / 1_000_000).isBetween(100L, 101L);
  }

  @Test
  void aNewEntryOfTheTimetableCountsAtOnceForWhoWaits() throws IOException {
    Pacer pacer = pacer(RateLimit.parse("00:00,1KiB/s 08:00,off", ZoneOffset.UTC));
    pacer.pass(100 << 20); // a day, at the first rate
    assertThat(nanos / 1_000_000).isBetween(1_000L, 1_100L);
    assertThat(sleeps).allMatch(each -> each.toMillis() <= 100);
  }

  @Test
  void theTighterOfTwoCounts() throws IOException {
    Pacer both = pacer(RateLimit.of("10MiB/s")).above(RateLimit.of("1MiB/s"));
    both.pass(1 << 20);
    assertThat(nanos / 1_000_000).isBetween(895L, 905L);
    Pacer other = pacer(RateLimit.of("1MiB/s")).above(RateLimit.of("10MiB/s"));
    nanos = 0;
    other.pass(1 << 20);
    assertThat(nanos / 1_000_000).isBetween(895L, 1_005L);
  }

  @Test
  void whatStandsOnOnePacerSharesItsRate() throws IOException {
    Pacer whole = pacer(RateLimit.of("1MiB/s"));
    Pacer first = whole.above(RateLimit.unlimited());
    Pacer second = whole.above(RateLimit.unlimited());
    for (int i = 0; i < 8; i++) {
      first.pass(SLICE / 2);
      second.pass(SLICE / 2);
    }
    assertThat(nanos / 1_000_000).isBetween(1_895L, 1_905L);
  }

  @Test
  void withoutALimitNothingWaits() throws IOException {
    Pacer pacer = pacer(RateLimit.unlimited());
    assertThat(pacer.isUnlimited()).isTrue();
    pacer.pass(Integer.MAX_VALUE);
    assertThat(sleeps).isEmpty();
  }
}
