package io.waybill.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.random.RandomGenerator;
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
  void hasFiveBitsInEachCharacter() {
    Instant moment = Instant.ofEpochMilli(1469918176385L);
    for (int i = 0; i < 1000; i++) {
      byte[] drawn = new byte[10];
      new Random(i).nextBytes(drawn);
      BigInteger bits =
          BigInteger.valueOf(moment.toEpochMilli()).shiftLeft(80).or(new BigInteger(1, drawn));
      String digits = bits.toString(32).toUpperCase(Locale.ROOT); // 0 to 9, A to V
      String expected =
          "0".repeat(26 - digits.length())
              + digits
                  .chars()
                  .map(
                      digit ->
                          "0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt(Character.digit(digit, 32)))
                  .collect(
                      StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
      assertThat(new Ulid(InstantSource.fixed(moment), drawing(drawn)).next())
          .as("seed %d", i)
          .isEqualTo(expected);
    }
  }

  @Test
  void carriesOverAllRandomBitsAndThenIntoTheNextMillisecond() {
    byte[] drawn = new byte[10];
    Arrays.fill(drawn, (byte) -1);
    drawn[1] = -2; // the lowest of the sixteen bits above the long
    Ulid ulid = new Ulid(InstantSource.fixed(Instant.ofEpochMilli(5)), drawing(drawn));
    assertThat(ulid.next()).isEqualTo("0000000005" + "ZZZFZZZZZZZZZZZZ");
    assertThat(ulid.next()).isEqualTo("0000000005" + "ZZZG000000000000");

    Arrays.fill(drawn, (byte) -1);
    Ulid full = new Ulid(InstantSource.fixed(Instant.ofEpochMilli(5)), drawing(drawn));
    assertThat(full.next()).isEqualTo("0000000005" + "ZZZZZZZZZZZZZZZZ");
    assertThat(full.next()).isEqualTo("0000000006" + "ZZZZZZZZZZZZZZZZ");
  }

  private static RandomGenerator drawing(byte[] bytes) {
    return new RandomGenerator() {
      @Override
      public void nextBytes(byte[] into) {
        System.arraycopy(bytes, 0, into, 0, into.length);
      }

      @Override
      public long nextLong() {
        throw new UnsupportedOperationException("bytes only");
      }
    };
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
