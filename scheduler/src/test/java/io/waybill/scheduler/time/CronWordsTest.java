package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronWordsTest {
  private static final ZoneId UTC = ZoneId.of("UTC");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "30 2 * * *          | At 02:30 every day",
        "30 2 * * 1-5        | At 02:30 on Monday to Friday",
        "0 9 * * 0,6         | At 09:00 on Saturday and Sunday",
        "0 9,17 * * mon      | At 09:00 and 17:00 on Monday",
        "* * * * *           | Every minute",
        "*/15 * * * *        | Every 15 minutes",
        "5-59/15 * * * *     | Every 15 minutes from minute 5",
        "0 * * * *           | Every hour",
        "30 * * * *          | Every hour, at minute 30",
        "5,50 * * * *        | At minutes 5 and 50 of every hour",
        "*/5 9-17 * * 1-5    | Every 5 minutes from 09:00 to 17:59 on Monday to Friday",
        "* 2 * * *           | Every minute from 02:00 to 02:59",
        "0 */2 * * *         | At minute 0 of every second hour",
        "0 8-18 * * *        | At minute 0 from 08:00 to 18:59",
        "0 0 1 * *           | At 00:00 on day 1 of every month",
        "0 0 1,15 * *        | At 00:00 on days 1 and 15 of every month",
        "0 0 1 1 *           | At 00:00 on day 1 of January",
        "0 0 * 6-8 *         | At 00:00 every day in June to August",
        "0 0 * 12 5          | At 00:00 on Friday in December",
        "* * * 1 *           | Every minute in January",
        "@daily              | At 00:00 every day"
      })
  void unix(String cron, String words) {
    assertThat(CronExpression.parse(cron.strip()).inWords()).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 0 12 ? * 1-5      | At 12:00 on Sunday to Thursday",
        "0 0 12 L * ?        | At 12:00 on the last day of every month",
        "0 0 12 L-2 * ?      | At 12:00 on the third day from the end of every month",
        "0 0 12 LW 6 ?       | At 12:00 on the last workday of June",
        "0 0 12 15W * ?      | At 12:00 on the workday nearest to day 15 of every month",
        "0 0 12 ? * 6L       | At 12:00 on the last Friday of every month",
        "0 0 12 ? * MON-FRI,1L | At 12:00 on Monday to Friday and on the last Sunday of every month",
        "0 0 12 ? 3 1L,2,6#3 | At 12:00 on Monday and on the last Sunday and the third Friday in"
            + " March",
        "0 0 12 L,1 * ?      | At 12:00 on day 1 and the last day of every month",
        "0 0 12 ? 3 6#3      | At 12:00 on the third Friday in March",
        "0/10 * * * * ?      | Every 10 seconds",
        "* * * * * ?         | Every second",
        "15 30 2 * * ?       | At 02:30:15 every day",
        "30 * * * * ?        | At second 30 of every minute",
        "0/20 5 * * * ?      | Every 20 seconds at minute 5 of every hour",
        "0 0 0 1 1 ? 2028    | At 00:00 on day 1 of January in 2028"
      })
  void quartz(String cron, String words) {
    assertThat(CronExpression.parse(cron.strip(), CronDialect.QUARTZ).inWords()).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 0 12 13 * FRI     | At 12:00 on day 13 of every month, if it is Friday",
        "0 0 12 29 2 MON     | At 12:00 on day 29 of February, if it is Monday",
        "0 0 12 13 * MON,FRIL | At 12:00 on day 13 of every month, if it is Monday or the last"
            + " Friday of every month",
        "0 0 12 * 2,3 MON    | At 12:00 on Monday in February and March"
      })
  void spring(String cron, String words) {
    assertThat(CronExpression.parse(cron.strip(), CronDialect.SPRING).inWords()).isEqualTo(words);
  }

  @Test
  void everyOtherForm() {
    LocalDateTime monday = LocalDateTime.parse("2026-01-05T09:00");
    assertThat(words(new Schedule.Every(Duration.ofMinutes(5))))
        .isEqualTo("Every 5 minutes, counted from local midnight");
    assertThat(words(new Schedule.Every(Duration.ofHours(1))))
        .isEqualTo("Every hour, counted from local midnight");
    assertThat(words(new Schedule.EveryFrom(Duration.ofDays(14), monday)))
        .isEqualTo("Every 14 days, from 2026-01-05 at 09:00");
    assertThat(
            words(
                new Schedule.EveryFromInstant(
                    Duration.ofMinutes(90), Instant.parse("2026-01-05T09:00:00Z"))))
        .isEqualTo("Every 1 hour and 30 minutes of elapsed time, from 2026-01-05T09:00:00Z");
    assertThat(words(new Schedule.Daily(LocalTime.of(2, 30)))).isEqualTo("At 02:30 every day");
    assertThat(words(new Schedule.At(monday))).isEqualTo("Once, on 2026-01-05 at 09:00");
    assertThat(words(new Schedule.AtInstant(Instant.parse("2026-01-05T09:00:00Z"))))
        .isEqualTo("Once, at 2026-01-05T09:00:00Z");
    Schedule onDays =
        new Schedule.OnDays(
            new Schedule.Cron("30 2 * * *"),
            DayCalendar.builder("bank-days").build(),
            ExcludedPolicy.NEXT_DAY);
    assertThat(words(onDays))
        .isEqualTo("At 02:30 every day; what is not on a day of bank-days moves to the next one");
    assertThat(words(new Schedule.Jittered(onDays, Duration.ofMinutes(5))))
        .startsWith("At 02:30 every day; what is not on a day of bank-days")
        .endsWith(" later, of up to 5 minutes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FREQ=DAILY | Every day at 09:00, from 2026-01-05",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=10"
            + " | Every 2 weeks on Monday and Friday at 09:00, from 2026-01-05, 10 times",
        "FREQ=MONTHLY;BYDAY=-1FR | Every month on the last Friday at 09:00, from 2026-01-05",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 | Every month on the last of Monday,"
            + " Tuesday, Wednesday, Thursday and Friday at 09:00, from 2026-01-05",
        "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=6,18;BYMINUTE=30"
            + " | Every month on the last day at 06:30 and 18:30, from 2026-01-05",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"
            + " | Every year on the second Sunday in March at 09:00, from 2026-01-05",
        "FREQ=YEARLY;UNTIL=20301231 | Every year on 5 January at 09:00, from 2026-01-05,"
            + " until 2030-12-31",
        "FREQ=WEEKLY | Every week on Monday at 09:00, from 2026-01-05"
      })
  void recurrenceRules(String rrule, String words) {
    assertThat(
            words(new Schedule.Recurring(rrule.strip(), LocalDateTime.parse("2026-01-05T09:00"))))
        .isEqualTo(words);
  }

  private static String words(Schedule schedule) {
    return ScheduleWords.describe(schedule, UTC, "nightly");
  }
}
