package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.time.ZoneId;
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
    "0 0 12 * * MON, 11, Quartz",
    "@daily, 6, macros",
    "60 * * * *, 0, 'minute is 0 to 59, this is 60'",
    "0 24 * * *, 2, 'hour is 0 to 23, this is 24'",
    "0 0 0 * *, 4, 'day of month is 1 to 31, this is 0'",
    "'1,,2 * * * *', 2, 'this is nothing'",
    "0 0 ? * *, 4, Quartz",
    "0 0 * * 8, 8, 'day of week is 0 to 7, this is 8'",
    "0 22-3 * * *, 2, 'write 22-23,0-3'",
    "5/15 * * * *, 0, 'write 5-59/15'",
    "*/0 * * * *, 2, 'a step in minute is 1 to 59, this is 0'",
    "0 0 1 foo *, 6, '\"foo\"'",
    "0 0 30 2 *, 4, never due",
    "0 0 13 * 5, 4, 'mean \"either\"'"
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
}
