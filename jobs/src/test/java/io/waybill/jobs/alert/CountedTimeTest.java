package io.waybill.jobs.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.DayCalendar;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time that passes only on days that count. */
class CountedTimeTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final DayCalendar WORKDAYS =
      DayCalendar.builder("w")
          .weekdays(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY))
          .exclude(LocalDate.of(2026, 1, 1))
          .build();

  @ParameterizedTest(name = "{1} after {0}")
  @CsvSource({
    "2026-01-15T10:00, PT26H, 2026-01-16T12:00", // Thursday
    "2026-01-16T10:00, PT26H, 2026-01-19T12:00", // Friday: the weekend does not count
    "2026-01-17T10:00, PT26H, 2026-01-20T02:00", // Saturday: it begins on Monday
    "2025-12-31T12:00, PT24H, 2026-01-02T12:00", // New Year does not count
    "2026-03-27T12:00, PT24H, 2026-03-30T12:00", // the clock changes on a Sunday
    "2026-01-16T00:00, PT24H, 2026-01-17T00:00", // to the end of the day, and no further
  })
  void onlyDaysThatCountDo(String start, Duration length, String expected) {
    CountedTime time = new CountedTime(PARIS, Optional.of(WORKDAYS));

    assertThat(time.after(local(start), length)).contains(local(expected));
  }

  private static Instant local(String text) {
    return LocalDateTime.parse(text).atZone(PARIS).toInstant();
  }

  @Test
  void withoutACalendarAllTimeCounts() {
    Instant start = Instant.parse("2026-03-28T12:00:00Z");

    assertThat(new CountedTime(PARIS, Optional.empty()).after(start, Duration.ofHours(26)))
        .contains(start.plus(Duration.ofHours(26)));
  }

  @Test
  void longerTimesEndLaterAndNeverBeforeThatMuchHasPassed() {
    Random random = new Random(7);
    CountedTime time = new CountedTime(PARIS, Optional.of(WORKDAYS));
    for (int i = 0; i < 500; i++) {
      Instant start = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(40_000_000));
      Duration length = Duration.ofSeconds(60 + random.nextInt(3_000_000));
      Instant end = time.after(start, length).orElseThrow();
      Instant later = time.after(start, length.plusSeconds(1)).orElseThrow();
      assertThat(end).isAfterOrEqualTo(start.plus(length));
      assertThat(later).isAfter(end);
    }
  }
}
