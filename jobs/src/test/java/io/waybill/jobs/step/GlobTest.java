package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest(name = "{0} on {1}: {2}")
  @CsvSource({
    "*.csv, a.csv, true",
    "*.csv, a.csv.bak, false",
    "*.csv, d/a.csv, false",
    "*.csv, .hidden.csv, false",
    ".*.csv, .hidden.csv, true",
    "**/*.csv, a.csv, true",
    "**/*.csv, d/e/a.csv, true",
    "**, d/e/a.csv, true",
    "d/*, d/a, true",
    "d/*, e/a, false",
    "STMT_*_?.csv, STMT_20260131_1.csv, true",
    "STMT_*_?.csv, STMT_20260131_12.csv, false",
    "[a-c].txt, b.txt, true",
    "[!a-c].txt, b.txt, false",
    "[!a-c].txt, d.txt, true",
    "'{a,b}.txt', b.txt, true",
    "'{a,b}.txt', c.txt, false",
    "a+(b).txt, a+(b).txt, true",
    "*.txt, a b.txt, true",
    "'[', '[', true",
  })
  void matchesAsAShellDoes(String pattern, String name, boolean matches) {
    assertThat(Glob.of(pattern).matches(name)).isEqualTo(matches);
  }
}
