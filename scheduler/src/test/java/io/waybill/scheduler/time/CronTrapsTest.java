package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.Schedule;
import java.time.Duration;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTrapsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUARTZ | 0 0 12 ? * 1-5 | 11 | day of week 1-5 is Sunday to Thursday: Quartz counts from"
            + " 1, Sunday; write names",
        "QUARTZ | 0 0 12 ? * 6#3 | 11 | day of week 6#3 is the third Friday: Quartz counts from 1,"
            + " Sunday; write names",
        "QUARTZ | 0 0 0 ? * L | 10 | day of week L is every Saturday, the last day of Quartz's week;"
            + " the last one of a month is written SATL, the last day of a month is L as day of"
            + " month",
        "QUARTZ | 0 0 12 ? * FRI#5 | 11 | most months have no fifth one; the last is L in place of"
            + " #5",
        "QUARTZ | * 30 2 * * ? | 0 | it is due in each of 60 seconds; write 0 as second for once",
        "QUARTZ | 0 0 12 31 * ? | 7 | it is not due in February, April, June, September and"
            + " November, which have no day 31; the last day is L",
        "QUARTZ | 0 0 12 31W * ? | 7 | it is not due in February, April, June, September and"
            + " November, which have no day 31; the last workday is LW",
        "UNIX | * 2 * * * | 0 | it is due in each of the 60 minutes from 02:00 to 02:59; write 0"
            + " as minute for once",
        "UNIX | */7 * * * * | 0 | */7 counts anew at the start of each hour, so that its last step"
            + " there is shorter",
        "UNIX | 0 */5 * * * | 2 | */5 counts anew at the start of each day, so that its last step"
            + " there is shorter",
        "UNIX | 0 0 */2 * * | 4 | */2 counts anew at the start of each month, so that its last"
            + " step there is shorter",
        "UNIX | 0 0 29 * * | 4 | it is not due in February of most years, which has no day 29; for"
            + " the last day use dialect quartz and L"
      })
  void warns(CronDialect dialect, String cron, int offset, String words) {
    assertThat(CronExpression.parse(cron, dialect).warnings())
        .containsExactly(new Warning(offset, words));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30 2 * * *",
        "*/15 * * * *",
        "0 */6 * * *",
        "0 9 * * 1-5",
        "0 0 28 * *",
        "0 0 1,31 * *",
        "0 0 31 1,3 *",
        "@daily"
      })
  void hasNothingToSayOfWhatIsMeant(String cron) {
    assertThat(CronExpression.parse(cron).warnings()).isEmpty();
  }

  @Test
  void warnsOfIntervalsAndRules() {
    assertThat(ScheduleWords.warnings(new Schedule.Every(Duration.ofHours(7)), "job"))
        .containsExactly(
            new Warning(
                0,
                "7 hours counts anew at midnight, so that the last step before it is shorter; with"
                    + " \"from\" it goes on over midnight"));
    assertThat(ScheduleWords.warnings(new Schedule.Every(Duration.ofHours(6)), "job")).isEmpty();
    LocalDateTime from = LocalDateTime.parse("2026-01-01T09:00");
    assertThat(
            ScheduleWords.warnings(
                new Schedule.Recurring("FREQ=MONTHLY;BYMONTHDAY=31", from), "job"))
        .containsExactly(
            new Warning(
                13, "it is not due in months that have no day 31; the last day is BYMONTHDAY=-1"));
    assertThat(
            ScheduleWords.warnings(
                new Schedule.Recurring("FREQ=MONTHLY;BYMONTHDAY=-1,31", from), "job"))
        .isEmpty();
  }
}
