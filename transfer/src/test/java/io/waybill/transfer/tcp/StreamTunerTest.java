package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamTunerTest {
  private static final Duration FAR = Duration.ofMillis(50);
  private long nanos = -5_000_000_000L;
  private long bytes = 7_000_000;

  /** The streams come up to speed, and two seconds pass at a rate. */
  private int look(StreamTuner tuner, long megabytesPerSecond) {
    nanos += 500_000_000L;
    bytes += 1_000_000;
    tuner.look(nanos, bytes, tuner.streams());
    nanos += 2_000_000_000L;
    bytes += 2 * megabytesPerSecond * 1_000_000;
    return tuner.look(nanos, bytes, tuner.streams());
  }

  private StreamTuner started(StreamTuner tuner) {
    tuner.start(nanos);
    return tuner;
  }

  @Test
  void oneBelowTwoMillisecondsWhateverWasLearned() {
    StreamTuner tuner = StreamTuner.climbing(Duration.ofNanos(1_999_999), 8, 16);
    assertThat(tuner.isSingle()).isTrue();
    assertThat(tuner.streams()).isEqualTo(1);
  }

  @Test
  void climbsWhileItGainsAndStepsBackOnceWhenItDoesNot() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 1, 16));
    assertThat(look(tuner, 20)).isEqualTo(2);
    assertThat(look(tuner, 39)).isEqualTo(4);
    assertThat(look(tuner, 61)).isEqualTo(8);
    assertThat(tuner.isSettled()).isFalse();
    assertThat(look(tuner, 65)).isEqualTo(4);
    assertThat(tuner.isSettled()).isTrue();
    assertThat(look(tuner, 5)).isEqualTo(4);
    assertThat(look(tuner, 500)).isEqualTo(4);
  }

  @Test
  void aGainOfTenPercentIsNotEnough() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 1, 16));
    look(tuner, 100);
    assertThat(look(tuner, 110)).isEqualTo(1);
  }

  @Test
  void neverMoreThanEight() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 1, 16));
    for (int each = 1; each <= 10; each++) {
      assertThat(look(tuner, 20L << each)).isLessThanOrEqualTo(8);
    }
    assertThat(tuner.streams()).isEqualTo(8);
    assertThat(tuner.isSettled()).isTrue();
  }

  @Test
  void measuresForASecondOrSixRoundTripsAfterTenToComeUpToSpeed() {
    assertMeasured(Duration.ofMillis(10), Duration.ofMillis(200), Duration.ofSeconds(1));
    assertMeasured(FAR, Duration.ofMillis(500), Duration.ofSeconds(1));
    assertMeasured(Duration.ofMillis(250), Duration.ofMillis(2500), Duration.ofMillis(1500));
    assertMeasured(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(3));
  }

  private void assertMeasured(Duration roundTrip, Duration toSpeed, Duration measured) {
    StreamTuner tuner = started(StreamTuner.climbing(roundTrip, 1, 16));
    long speed = nanos + toSpeed.toNanos();
    tuner.look(speed - 1, bytes, 1);
    tuner.look(speed, bytes, 1);
    long end = speed + measured.toNanos();
    assertThat(tuner.look(end - 1, bytes + 99_000_000, 1)).isEqualTo(1);
    assertThat(tuner.look(end, bytes + 99_000_000, 1)).isEqualTo(2);
  }

  @Test
  void waitsUntilAllStreamsHaveJoined() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 1, 16));
    look(tuner, 20);
    for (int each = 0; each < 100; each++) {
      nanos += 100_000_000;
      bytes += 1_000_000; // the second one is not there yet, and the first stands still
      assertThat(tuner.look(nanos, bytes, 1)).isEqualTo(2);
    }
    assertThat(tuner.isSettled()).isFalse();
    assertThat(look(tuner, 40)).isEqualTo(4);
  }

  @Test
  void beginsWithWhatWasLearnedAndTriesOneStepMore() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 4, 16));
    assertThat(tuner.streams()).isEqualTo(4);
    assertThat(look(tuner, 60)).isEqualTo(8);
    assertThat(look(tuner, 62)).isEqualTo(4);
  }

  @Test
  void keepsToWhatTheServerAllows() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 8, 3));
    assertThat(tuner.streams()).isEqualTo(3);
    assertThat(look(tuner, 20)).isEqualTo(3);
    assertThat(StreamTuner.fixed(12, 3).streams()).isEqualTo(3);
    assertThat(StreamTuner.climbing(FAR, 1, 1).isSingle()).isTrue();
  }

  @Test
  void aRefusedStreamEndsTheSearch() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 1, 16));
    look(tuner, 20);
    look(tuner, 40);
    tuner.limit(3);
    assertThat(tuner.streams()).isEqualTo(3);
    assertThat(look(tuner, 400)).isEqualTo(3);
  }
}
