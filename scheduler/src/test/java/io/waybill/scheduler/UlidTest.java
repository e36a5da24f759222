package io.waybill.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UlidTest {
  @Test
  void startsWithTheTimeOfTheSpecification() {
    Ulid ulid = new Ulid(() -> Instant.ofEpochMilli(1469918176385L), new Random(1));
    assertThat(ulid.next()).startsWith("01ARYZ6S41").hasSize(26);
  }

  @Test
  void growsWithinAMillisecondAndWhenTheClockGoesBack() {
    Queue<Instant> times =
        new ArrayDeque<>(
            List.of(Instant.ofEpochMilli(5), Instant.ofEpochMilli(5), Instant.ofEpochMilli(3)));
    Ulid ulid = new Ulid(times::remove, new Random(1));
    String first = ulid.next();
    String second = ulid.next();
    String third = ulid.next();
    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second);
  }

  @Test
  void knowsItsForm() {
    assertThat(Ulid.isValid("01ARYZ6S41TSV4RRFFQ69G5FAV")).isTrue();
    assertThat(Ulid.isValid("01aryz6s41tsv4rrffq69g5fav")).isTrue();
    assertThat(Ulid.isValid("81ARYZ6S41TSV4RRFFQ69G5FAV")).isFalse();
    assertThat(Ulid.isValid("01ARYZ6S41TSV4RRFFQ69G5FAI")).isFalse();
    assertThat(Ulid.isValid("short")).isFalse();
  }

  @Test
  void theMomentIsReadBackAndNoIdOfItIsLess() {
    Instant moment = Instant.parse("2026-11-30T03:04:05.678Z");
    String id = new Ulid(InstantSource.fixed(moment), new Random(1)).next();

    assertThat(Ulid.instant(id)).isEqualTo(moment);
    assertThat(Ulid.instant(id.toLowerCase(Locale.ROOT))).isEqualTo(moment);
    assertThat(Ulid.leastOf(moment)).isLessThanOrEqualTo(id);
    assertThat(Ulid.leastOf(moment.plusMillis(1))).isGreaterThan(id);
    assertThatThrownBy(() -> Ulid.instant("../../../etc/passwd......."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Ulid.leastOf(Instant.EPOCH.minusMillis(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
