package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code waybill cron}. */
class CronVerbTest {
  @Test
  void namesTheFiringOnTheDayTheClocksGoForward() {
    CommandLineRun run =
        cron(
            "30 2 * * *",
            "--zone",
            "America/New_York",
            "-n",
            "400",
            "--after",
            "2026-11-30T00:00Z");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith(
            """
            At 02:30 every day
            in America/New_York

            Mon 2026-11-30 02:30 -05:00  2026-11-30T07:30:00Z
            """)
        .contains(
            """
            Sat 2027-03-13 02:30 -05:00  2027-03-13T07:30:00Z
            2027-03-14: clocks go forward from 02:00 to 03:00
            Sun 2027-03-14 03:00 -04:00  2027-03-14T07:00:00Z  clock change: for 02:30, which is skipped; this is the end of the gap
            Mon 2027-03-15 02:30 -04:00  2027-03-15T06:30:00Z
            """)
        .contains("2027-11-07: clocks go back from 02:00 to 01:00\n");
  }

  @Test
  void warnsThatQuartzCountsFromSunday() {
    CommandLineRun run = cron("--dialect", "quartz", "0 0 12 ? * 1-5", "--zone", "UTC");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("At 12:00 on Sunday to Thursday\nin UTC\n");
    assertThat(run.err())
        .isEqualTo(
            """
            waybill: warning: day of week 1-5 is Sunday to Thursday: Quartz counts from 1, Sunday; write names
              0 0 12 ? * 1-5
                         ^
            """);
  }

  @Test
  void saysWhoseZoneItTakesIfNoneIsNamed() {
    assertThat(cron("@daily").out())
        .contains(", this machine's zone; --zone names another, a job file its own\n");
  }

  @Test
  void tellsAllOfItInJson() {
    CommandLineRun run =
        cron(
            "--dialect",
            "quartz",
            "0 30 1 ? * 1",
            "--zone",
            "America/New_York",
            "-n",
            "1",
            "--after",
            "2026-10-31T12:00Z",
            "-o",
            "json");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(Json.readObject(run.out()).toString())
        .isEqualTo(
            "{schema=waybill.cron/1, expression=0 30 1 ? * 1, dialect=quartz,"
                + " zone=America/New_York, words=At 01:30 on Sunday,"
                + " warnings=[{offset=11, message=day of week 1 is Sunday: Quartz counts from 1,"
                + " Sunday; write names}], next=[{at=2026-11-01T05:30:00Z,"
                + " local=2026-11-01T01:30-04:00,"
                + " note=clock change: the first of two times that clocks show this}], changes=[]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "30 25 * * * | 3 | hour is 0 to 23, this is 25",
        "0 0 13 * 5 | 4 | together mean \"either\" to Unix cron",
        "0 0 12 ? * MON | 11 | or say dialect quartz",
        "@reboot | 0 | @reboot is no time",
        "0 0 30 2 * | 4 | it is never due"
      })
  void refusesWithACaretUnderThePlace(String expression, int offset, String reason) {
    CommandLineRun run = cron(expression.strip(), "--zone", "UTC");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("waybill: ")
        .contains(reason.strip())
        .endsWith("\n  " + expression.strip() + "\n  " + " ".repeat(offset) + "^\n");
  }

  @Test
  void aProgramIsToldThePlaceToo() {
    CommandLineRun run = cron("30 25 * * *", "--zone", "UTC", "-o", "json");

    assertThat(run.code()).isEqualTo(2);
    assertThat(Json.readObject(run.out()))
        .isEqualTo(
            Map.of(
                "schema",
                "waybill.error/1",
                "error",
                Map.of(
                    "exit",
                    2L,
                    "kind",
                    "usage",
                    "message",
                    "hour is 0 to 23, this is 25",
                    "offset",
                    3L)));
  }

  @Test
  void refusesWrongOptions() {
    assertThat(cron("@daily", "--zone", "Europe/Pariss").err())
        .isEqualTo(
            "waybill: --zone is no IANA zone: \"Europe/Pariss\"; write one such as Europe/Paris or"
                + " UTC, did you mean \"Europe/Paris\"?\n");
    assertThat(cron("@daily", "-n", "0").err()).contains("-n is 1 to 10000, this is 0");
    assertThat(cron("@daily", "--after", "tomorrow").code()).isEqualTo(2);
    assertThat(cron("H 2 * * *").err()).contains("H is taken from the job's name");
    assertThat(cron("H 2 * * *", "--job", "nightly", "--zone", "UTC").out())
        .startsWith("At 02:08 every day\n");
  }

  @Test
  void saysIfItIsNeverDueAgain() {
    CommandLineRun run = cron("--dialect", "quartz", "0 0 12 1 1 ? 2020", "--zone", "UTC");

    assertThat(run.code()).isZero();
    assertThat(run.out()).endsWith("\n\nnever again\n");
    assertThat(run.err()).startsWith("waybill: warning: it is never due again\n");

    CommandLineRun told =
        cron("--dialect", "quartz", "0 0 12 1 1 ? 2020", "--zone", "UTC", "-o", "json");
    assertThat(Json.readObject(told.out()))
        .containsEntry(
            "warnings", List.of(Map.of("offset", 0L, "message", "it is never due again")))
        .containsEntry("next", List.of());
  }

  @Test
  void shortNamesOfZonesAreAnsweredWithPlaces() {
    CommandLineRun run = cron("@daily", "--zone", "EST");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: --zone is no IANA zone: \"EST\"; short names stand for several places, and not"
                + " for their summer time; write America/New_York or America/Toronto or"
                + " America/Panama\n");
  }

  @Test
  void dialectsAreNamedAsTheHelpNamesThem() {
    CommandLineRun run = cron("@daily", "--dialect", "foo");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("'--dialect'", "\"foo\" is none; write unix, quartz, spring")
        .doesNotContain("UNIX");
    assertThat(cron("0 0 12 ? * MON", "--dialect", "Quartz", "--zone", "UTC").code()).isZero();
  }

  private static CommandLineRun cron(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "cron";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return CommandLineRun.of(Map.of(), line);
  }
}
