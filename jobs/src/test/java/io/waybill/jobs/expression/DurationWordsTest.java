package io.waybill.jobs.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationWordsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.3S, 300ms",
    "PT2S, 2s",
    "PT90S, 90s",
    "PT10M, 10m",
    "PT90M, 90m",
    "PT2H, 2h",
    "PT36H, 36h",
    "P2D, 2d"
  })
  void writesWhatTheJobFileReads(Duration duration, String words) {
    assertThat(DurationWords.of(duration)).isEqualTo(words);
    assertThat(ScalarParser.duration(words)).isEqualTo(duration);
  }
}
