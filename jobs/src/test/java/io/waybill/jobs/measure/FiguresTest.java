package io.waybill.jobs.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1 kB",
    "1049, 1 kB",
    "1051, 1.1 kB",
    "9949, 9.9 kB",
    "9951, 10 kB",
    "12000, 12 kB",
    "999499, 999 kB",
    "999501, 1 MB",
    "3100000, 3.1 MB",
    "41000000000, 41 GB",
    "9223372036854775807, 9.2 EB",
  })
  void bytesAreInTheirLargestUnit(long bytes, String words) {
    assertThat(Figures.bytes(bytes)).isEqualTo(words);
  }

  @ParameterizedTest(name = "{0} ms is {1}")
  @CsvSource({
    "0, 0ms",
    "850, 850ms",
    "1000, 1s",
    "4210, 4.2s",
    "9951, 10s",
    "40000, 40s",
    "59499, 59s",
    "59500, 1m",
    "61000, 1m1s",
    "599900, 10m",
    "840000, 14m",
    "3569999, 59m",
    "3570000, 1h",
    "7500000, 2h5m",
    "86370000, 1d",
    "97200000, 1d3h",
  })
  void timesAreInTheirLargestUnits(long millis, String words) {
    assertThat(Figures.time(millis)).isEqualTo(words);
  }
}
