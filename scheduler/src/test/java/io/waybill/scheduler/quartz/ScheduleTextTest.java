package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.Schedule;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTextTest {
  private static final LocalDateTime MONDAY = LocalDateTime.parse("2026-01-05T09:00");

  @Test
  void theOldestFormsAreWrittenAsTheyAlwaysWere() {
    List<Schedule> schedules =
        List.of(
            new Schedule.Every(Duration.ofMinutes(5)),
            new Schedule.Daily(LocalTime.of(2, 30)),
            new Schedule.Cron("5 4 * * 1-5"),
            new Schedule.At(MONDAY),
            new Schedule.AtInstant(Instant.parse("2026-01-31T01:30:00Z")));
    String text =
        "every PT5M|daily 02:30|cron 5 4 * * 1-5|at 2026-01-05T09:00|at-instant 2026-01-31T01:30:00Z";
    assertThat(ScheduleText.write(schedules)).isEqualTo(text);
    assertThat(ScheduleText.read(text)).isEqualTo(schedules);
    assertThat(ScheduleText.read("")).isEmpty();
  }

  @Test
  void laterFormsAreReadBack() {
    DayCalendar bank =
        DayCalendar.builder("bank-days")
            .weekdays(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY))
            .exclude(MonthDay.of(12, 25))
            .exclude(LocalDate.of(2027, 3, 26))
            .knownUntil(LocalDate.of(2028, 1, 1))
            .build();
    List<Schedule> schedules =
        List.of(
            new Schedule.EveryFrom(Duration.ofDays(14), MONDAY),
            new Schedule.EveryFromInstant(
                Duration.ofHours(36), Instant.parse("2026-01-31T01:30:00Z")),
            new Schedule.Cron("0 0 12 ? * MON", CronDialect.QUARTZ),
            new Schedule.Cron("0 0 12 * * MON", CronDialect.SPRING),
            new Schedule.Recurring("FREQ=MONTHLY;BYDAY=-1FR", MONDAY),
            new Schedule.Jittered(
                new Schedule.OnDays(new Schedule.Cron("30 2 * * *"), bank, ExcludedPolicy.NEXT_DAY),
                Duration.ofMinutes(5)));
    String text = ScheduleText.write(schedules);
    assertThat(text)
        .startsWith("v2|every-from PT336H 2026-01-05T09:00|")
        .endsWith(
            "|jitter PT5M on-days next-day bank-days=12345;20280101;1225;20270326 cron 30 2 * * *");
    assertThat(ScheduleText.read(text)).isEqualTo(schedules);
  }

  @Test
  void whatANewerVersionWroteIsNamed() {
    assertThatThrownBy(() -> ScheduleText.read("v3|moon PT1H"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("newer version");
  }
}
