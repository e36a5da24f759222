package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamTunerTest {
  private static final Duration FAR = Duration.ofMillis(50);
  private long nanos = -5_000_000_000L;
  private long bytes = 7_000_000;

  /** Two seconds pass at a rate. */
  private int look(StreamTuner tuner, long megabytesPerSecond) {
    nanos += 2_000_000_000L;
    bytes += 2 * megabytesPerSecond * 1_000_000;
    return tuner.look(nanos, bytes);
  }

  private StreamTuner started(StreamTuner tuner) {
    tuner.start(nanos, bytes);
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
  void doesNotLookMoreOftenThanEveryTwoSeconds() {
    StreamTuner tuner = started(StreamTuner.climbing(FAR, 1, 16));
    assertThat(tuner.look(nanos + 1_999_999_999, bytes + 99_000_000)).isEqualTo(1);
    assertThat(tuner.look(nanos + 2_000_000_000, bytes + 99_000_000)).isEqualTo(2);
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
