package io.waybill.jobs.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.ValueType.Scalar;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarParserTest {

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "10s, PT10S", "5m, PT5M", "1h, PT1H", "2d, PT48H", "0s, PT0S"})
  void durations(String text, Duration expected) {
    assertThat(ScalarParser.parse(text, Scalar.DURATION)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 10",
    "512KiB, 524288",
    "20MiB, 20971520",
    "1GB, 1000000000",
    "1 kB, 1000",
    "1.5KiB, 1536",
    "2TiB, 2199023255552",
    "0B, 0"
  })
  void sizes(String text, long expected) {
    assertThat(ScalarParser.parse(text, Scalar.SIZE)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"20%, 0.2", "100%, 1.0", "0 %, 0.0", "12.5%, 0.125"})
  void percentages(String text, double expected) {
    assertThat(ScalarParser.parse(text, Scalar.PERCENT)).isEqualTo(expected);
  }

  @Test
  void otherScalars() {
    assertThat(ScalarParser.parse("true", Scalar.BOOLEAN)).isEqualTo(true);
    assertThat(ScalarParser.parse("-7", Scalar.INTEGER)).isEqualTo(-7L);
    assertThat(ScalarParser.parse("1.5", Scalar.NUMBER)).isEqualTo(1.5);
    assertThat(ScalarParser.parse("3", Scalar.NUMBER)).isEqualTo(3.0);
    assertThat(ScalarParser.parse(" x\n", Scalar.TEXT)).isEqualTo(" x\n");
    assertThat(ScalarParser.parse("bank:/x", Scalar.LOCATION)).isEqualTo("bank:/x");
  }

  @ParameterizedTest
  @CsvSource({
    "DURATION, 5",
    "DURATION, -5s",
    "DURATION, 1.5h",
    "DURATION, 5 m",
    "DURATION, 99999999999d",
    "DURATION, 1w",
    "SIZE, -1",
    "SIZE, 1XB",
    "SIZE, 99999999TiB",
    "PERCENT, 101%",
    "PERCENT, 0.2",
    "BOOLEAN, yes",
    "BOOLEAN, True",
    "INTEGER, 1.0",
    "INTEGER, 99999999999999999999",
    "NUMBER, 1e9",
    "NUMBER, NaN",
    "LOCATION, ''",
    "CONNECTION, 'a\u0000'"
  })
  void whatIsNoValueIsRefused(Scalar type, String text) {
    assertThatExceptionOfType(BadValueException.class)
        .isThrownBy(() -> ScalarParser.parse(text, type));
  }

  @Test
  void theNearestNameIsSuggestedAndNoFarOne() {
    List<String> known = List.of("schedule", "steps", "tags");
    assertThat(NearestName.of("scedule", known)).contains("schedule");
    assertThat(NearestName.of("shcedule", known)).contains("schedule");
    assertThat(NearestName.of("SCHEDULE", known)).contains("schedule");
    assertThat(NearestName.of("tgas", known)).contains("tags");
    assertThat(NearestName.of("timeout", known)).isEqualTo(Optional.empty());
    assertThat(NearestName.of("x", List.of("y"))).isEmpty();
  }
}
