package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronExpressionTest {
  private static final ZoneId UTC = ZoneId.of("UTC");

  @ParameterizedTest
  @CsvSource({
    "* * * * *, 2026-01-01T00:00:30Z, 2026-01-01T00:01:00Z",
    "*/15 * * * *, 2026-01-01T00:15:00Z, 2026-01-01T00:30:00Z",
    "'5,50-52 9-10 * * *', 2026-01-01T09:05:00Z, 2026-01-01T09:50:00Z",
    "10-50/20 * * * *, 2026-01-01T00:30:00Z, 2026-01-01T00:50:00Z",
    "0 9 * * 1-5, 2026-01-02T09:00:00Z, 2026-01-05T09:00:00Z",
    "0 9 * * MON, 2026-01-01T00:00:00Z, 2026-01-05T09:00:00Z",
    "0 9 * * 0, 2026-01-01T00:00:00Z, 2026-01-04T09:00:00Z",
    "0 9 * * 7, 2026-01-01T00:00:00Z, 2026-01-04T09:00:00Z",
    "0 9 * * fri-sun, 2026-01-04T10:00:00Z, 2026-01-09T09:00:00Z",
    "@hourly, 2026-01-01T00:00:00Z, 2026-01-01T01:00:00Z",
    "@midnight, 2026-01-01T00:00:00Z, 2026-01-02T00:00:00Z",
    "@weekly, 2026-01-01T00:00:00Z, 2026-01-04T00:00:00Z",
    "@annually, 2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z",
    "0 0 29 2 *, 2026-01-01T00:00:00Z, 2028-02-29T00:00:00Z",
    "0 0 29 2 *, 2096-03-01T00:00:00Z, 2104-02-29T00:00:00Z",
    "0 0 1 jan *, 2026-01-01T00:00:00Z, 2027-01-01T00:00:00Z",
    "0 0 31 4-5 *, 2026-01-01T00:00:00Z, 2026-05-31T00:00:00Z"
  })
  void isNextDue(String cron, Instant after, Instant expected) {
    assertThat(CronExpression.parse(cron).next(after, UTC)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0, five fields",
    "* * * *, 7, five fields",
    "H(9-1) 2 * * *, 0, the job's name",
    "0 0 12 * * MON, 11, Quartz",
    "@dayly, 0, there is no macro @dayly",
    "@reboot, 0, 'is no time'",
    "@every 5m, 0, Go's cron",
    "@daily 5, 7, a macro stands alone",
    "H 2 * * *, 0, the job's name",
    "60 * * * *, 0, 'minute is 0 to 59, this is 60'",
    "0 24 * * *, 2, 'hour is 0 to 23, this is 24'",
    "0 0 0 * *, 4, 'day of month is 1 to 31, this is 0'",
    "'1,,2 * * * *', 2, 'this is nothing'",
    "0 0 ? * *, 4, Quartz",
    "0 0 * * 8, 8, 'day of week is 0 to 7, this is 8'",
    "0 22-3 * * *, 2, 'write 22-23,0-3'",
    "5/15 * * * *, 0, 'write 5-59/15'",
    "*/0 * * * *, 2, 'a step in minute is 1 to 59, this is 0'",
    "0 9 * * mon#2, 8, 'this is \"mon#2\"; Unix cron has no #: the dialects quartz and spring have'",
    "0 9 * * fril, 8, 'this is \"fril\"; Unix cron has no L: the dialects'",
    "0 9 L * *, 4, 'this is \"L\"; Unix cron has no L: the dialects'",
    "0 9 15W * *, 4, 'this is \"15W\"; Unix cron has no W: the dialects'",
    "0 9 1 april *, 6, 'this is \"april\"; write apr'",
    "0 0 1 foo *, 6, '\"foo\"'",
    "0 0 30 2 *, 4, never due",
    "0 0 13 * 5, 4, 'mean \"either\"'",
    "0 0 13 * 5, 4, 'for both, say dialect spring'",
    "TZ=Europe/Paris 0 0 * * *, 24, 'the zone is no part of it'"
  })
  void refusesWithPlaceAndReason(String cron, int offset, String reason) {
    assertThatThrownBy(() -> CronExpression.parse(cron))
        .isInstanceOfSatisfying(
            SchedulerException.InvalidSchedule.class,
            e -> {
              assertThat(e.text()).isEqualTo(cron);
              assertThat(e.offset()).isEqualTo(offset);
            })
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "0 30 2 * * ?, 2026-01-01T02:30:00Z",
    "0 0 12 ? * 1, 2026-01-04T12:00:00Z",
    "0 0 12 ? * SUN, 2026-01-04T12:00:00Z",
    "0 0 12 ? * L, 2026-01-03T12:00:00Z",
    "0 0 12 L * ?, 2026-01-31T12:00:00Z",
    "0 0 12 L-3 * ?, 2026-01-28T12:00:00Z",
    "0 0 12 LW * ?, 2026-01-30T12:00:00Z",
    "0 0 12 1W 8 ?, 2026-08-03T12:00:00Z",
    "0 0 12 15W 8 ?, 2026-08-14T12:00:00Z",
    "0 0 12 31W 5 ?, 2026-05-29T12:00:00Z",
    "0 0 12 ? * 6L, 2026-01-30T12:00:00Z",
    "0 0 12 ? * 6#3, 2026-01-16T12:00:00Z",
    "0 0 12 ? * FRI#5, 2026-01-30T12:00:00Z",
    "0 0/20 8 ? * *, 2026-01-01T08:00:00Z",
    "5/15 * * * * ?, 2026-01-01T00:00:05Z",
    "0 0 22-2 * * ?, 2026-01-01T01:00:00Z",
    "0 0 12 ? * FRI-MON, 2026-01-02T12:00:00Z",
    "0 0 0 1 1 ? 2030, 2030-01-01T00:00:00Z",
    "0 0 0 1 1 ? 2028/2, 2028-01-01T00:00:00Z",
    "'0 0 0 1,L 2 ?', 2026-02-01T00:00:00Z"
  })
  void quartzIsNextDue(String cron, Instant expected) {
    assertThat(
            CronExpression.parse(cron, CronDialect.QUARTZ)
                .next(Instant.parse("2026-01-01T00:00:00Z"), UTC))
        .contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0 0 12 * * *, 2026-01-01T12:00:00Z",
    "0 0 12 13 * FRI, 2026-02-13T12:00:00Z",
    "0 0 12 ? * 1, 2026-01-05T12:00:00Z",
    "0 0 12 ? * 7, 2026-01-04T12:00:00Z",
    "0 0 12 ? * 5L, 2026-01-30T12:00:00Z",
    "@daily, 2026-01-02T00:00:00Z"
  })
  void springIsNextDue(String cron, Instant expected) {
    assertThat(
            CronExpression.parse(cron, CronDialect.SPRING)
                .next(Instant.parse("2026-01-01T00:00:00Z"), UTC))
        .contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "QUARTZ, 0 9 * * 1-5, 11, 'five are Unix cron'",
    "QUARTZ, 0 0 12 * * *, 7, 'write ? as day of month'",
    "QUARTZ, 0 0 12 ? * ?, 11, 'both day fields are ?'",
    "QUARTZ, 0 0 12 1 * 2, 7, 'for either, list two schedules'",
    "QUARTZ, 0 0 12 ? * 0, 11, 'day of week is 1 to 7, this is 0'",
    "QUARTZ, 0 0 12 ? * 6#6, 13, 'the number after # is 1 to 5, this is 6'",
    "QUARTZ, 0 0 12 32W * ?, 7, 'day of month is 1 to 31, this is 32'",
    "QUARTZ, 0 0 12 30 2 ?, 7, never due",
    "QUARTZ, 0 0 12 29 2 ? 2027, 7, never due",
    "QUARTZ, 0 0 12 1?  * ?, 7, '? stands alone'",
    "QUARTZ, @daily, 0, 'Quartz has no macros'",
    "QUARTZ, 0 0 12 ? * MON 1969, 15, 'year is 1970 to 2099, this is 1969'",
    "SPRING, 0 9 * * 1, 9, 'six fields'",
    "SPRING, 0 0 9 * * FRI-TUE, 10, goes backwards"
  })
  void refusesOfOtherDialects(CronDialect dialect, String cron, int offset, String reason) {
    assertThatThrownBy(() -> CronExpression.parse(cron, dialect))
        .isInstanceOfSatisfying(
            SchedulerException.InvalidSchedule.class, e -> assertThat(e.offset()).isEqualTo(offset))
        .hasMessageContaining(reason);
  }

  @Test
  void hashIsOfTheJobsNameAndOfTheFieldAndStaysTheSame() {
    assertThat(hashed("H H * * *", "nightly")).isEqualTo("At 04:08 every day");
    assertThat(hashed("H H * * *", "nightly2")).isNotEqualTo(hashed("H H * * *", "nightly"));
    Set<String> times = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      times.add(hashed("H 3 * * *", "job-" + i));
    }
    assertThat(times).hasSizeGreaterThan(50); // of 60
  }

  @Test
  void refusesWhatIsTooLongToBeMeant() {
    assertThatThrownBy(() -> CronExpression.parse("0,".repeat(200) + "0 * * * *"))
        .isInstanceOf(SchedulerException.InvalidSchedule.class)
        .hasMessageContaining("at most 400 characters");
  }

  @Test
  void hashKeepsToItsRangeAndItsStep() {
    for (int i = 0; i < 100; i++) {
      String job = "job-" + i;
      List<Integer> minutes = minutes("H(10-19) 3 * * *", job);
      assertThat(minutes).hasSize(1);
      assertThat(minutes.get(0)).isBetween(10, 19);
      List<Integer> steps = minutes("H/15 3 * * *", job);
      assertThat(steps).hasSize(4);
      assertThat(steps.get(3) - steps.get(0)).isEqualTo(45);
      assertThat(minutes("H(0-29)/10 3 * * *", job)).hasSize(3).allMatch(m -> m < 30);
      assertThat(CronExpression.parse("0 0 H 2 *", CronDialect.UNIX, job).inWords())
          .doesNotContain("29");
    }
  }

  private static String hashed(String cron, String job) {
    return CronExpression.parse(cron, CronDialect.UNIX, job).inWords();
  }

  private static List<Integer> minutes(String cron, String job) {
    CronExpression expression = CronExpression.parse(cron, CronDialect.UNIX, job);
    List<Integer> minutes = new ArrayList<>();
    Instant moment = Instant.parse("2026-01-01T00:00:00Z");
    while (true) {
      moment = expression.next(moment, UTC).orElseThrow();
      if (!moment.isBefore(Instant.parse("2026-01-02T00:00:00Z"))) {
        return minutes;
      }
      minutes.add(moment.atZone(UTC).getMinute());
    }
  }
}
