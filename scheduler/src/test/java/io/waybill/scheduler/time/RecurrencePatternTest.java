package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrencePatternTest {
  private static final LocalDateTime MONDAY = LocalDateTime.parse("2026-01-05T09:00");

  // the examples of RFC 5545 3.8.5.3, from another start
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FREQ=DAILY;COUNT=3 | 2026-01-05T09:00 2026-01-06T09:00 2026-01-07T09:00 -",
        "FREQ=DAILY;INTERVAL=10 | 2026-01-05T09:00 2026-01-15T09:00 2026-01-25T09:00",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"
            + " | 2026-01-05T09:00 2026-01-09T09:00 2026-01-19T09:00 2026-01-23T09:00",
        "FREQ=WEEKLY;UNTIL=20260112T090000 | 2026-01-05T09:00 2026-01-12T09:00 -",
        "FREQ=WEEKLY;UNTIL=20260112 | 2026-01-05T09:00 2026-01-12T09:00 -",
        "FREQ=WEEKLY;UNTIL=20260112T075959Z | 2026-01-05T09:00 -",
        "FREQ=WEEKLY;UNTIL=20260112T080000Z | 2026-01-05T09:00 2026-01-12T09:00 -",
        "FREQ=MONTHLY;BYDAY=-1FR | 2026-01-30T09:00 2026-02-27T09:00 2026-03-27T09:00",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 | 2026-01-30T09:00 2026-02-27T09:00",
        "FREQ=MONTHLY;BYMONTHDAY=31 | 2026-01-31T09:00 2026-03-31T09:00 2026-05-31T09:00",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 | 2026-02-13T09:00 2026-03-13T09:00",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29 | 2028-02-29T09:00 2032-02-29T09:00",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29 | 2028-02-29T09:00 2032-02-29T09:00",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO | 2026-05-11T09:00 2027-05-17T09:00",
        "FREQ=DAILY;BYHOUR=6,18;BYMINUTE=30 | 2026-01-05T18:30 2026-01-06T06:30"
      })
  void isDueAt(String rrule, String expected) {
    ZoneId paris = ZoneId.of("Europe/Paris");
    Timetable timetable =
        Timetable.of(List.of(new Schedule.Recurring(rrule.strip(), MONDAY)), paris, "job");
    List<String> found = new ArrayList<>();
    Instant moment = Instant.parse("2025-01-01T00:00:00Z");
    for (String ignored : expected.split(" ", -1)) {
      Optional<Instant> next = timetable.next(moment);
      found.add(next.map(due -> due.atZone(paris).toLocalDateTime().toString()).orElse("-"));
      moment = next.orElse(moment);
    }
    assertThat(found).containsExactly(expected.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FREQ=FOO | 0 | no rule of RFC 5545",
        "BYDAY=MO | 0 | a rule has a FREQ",
        "FREQ=DAILY;FREQ=DAILY | 11 | stands there twice",
        "FREQ=HOURLY | 0 | FREQ is DAILY, WEEKLY, MONTHLY or YEARLY here",
        "FREQ=DAILY;INTERVAL=1001 | 11 | INTERVAL is at most 1000",
        "FREQ=DAILY;COUNT=10001 | 11 | COUNT is at most 10000",
        "FREQ=DAILY;COUNT=3;UNTIL=20271231 | 19 | not by both",
        "FREQ=DAILY;UNTIL=tomorrow | 11 | UNTIL is a date or time",
        "DTSTART:20260101T090000 | 0 | its DTSTART is the key from",
        "FREQ=DAILY; BYDAY=MO | 11 | without blanks",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 | 0 | never due",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30 | 0 | never due",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6 | 0 | never due",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6;COUNT=3 | 33 | COUNT is not reached",
        "FREQ=DAILY;UNTIL=20250101 | 0 | never due"
      })
  @Timeout(30)
  void refusesWithPlaceAndReason(String rrule, int offset, String reason) {
    assertThatThrownBy(() -> RecurrencePattern.of(rrule.strip(), MONDAY, ZoneId.of("UTC")))
        .isInstanceOfSatisfying(
            SchedulerException.InvalidSchedule.class, e -> assertThat(e.offset()).isEqualTo(offset))
        .hasMessageContaining(reason.strip());
  }

  @Test
  @Timeout(30)
  void hostileRulesAreBounded() {
    String minutes = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23";
    String all = "FREQ=YEARLY;BYHOUR=%1$s;BYMINUTE=%1$s;BYSECOND=%1$s".formatted(minutes);
    assertThatThrownBy(() -> RecurrencePattern.of(all, MONDAY, ZoneId.of("UTC")))
        .hasMessageContaining("13824 times a day");
    RecurrencePattern many =
        RecurrencePattern.of(
            "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=%s;BYMINUTE=0,5,10,15,20,25,30"
                .formatted(minutes),
            MONDAY,
            ZoneId.of("UTC"));
    assertThat(new ZonedPattern(many, ZoneId.of("UTC")).next(Instant.parse("2400-01-01T00:00:00Z")))
        .isPresent();
    assertThat(
            RecurrencePattern.of(
                    "FREQ=DAILY;INTERVAL=1000;BYDAY=MO;BYMONTH=7", MONDAY, ZoneId.of("UTC"))
                .nextDay(MONDAY.toLocalDate()))
        .isPresent();
  }

  @Test
  void aTimeThatTheClockSkipsIsMovedToTheEndOfTheGap() {
    ZoneId newYork = ZoneId.of("America/New_York");
    Timetable timetable =
        Timetable.of(
            List.of(
                new Schedule.Recurring(
                    "FREQ=WEEKLY;BYDAY=SU", LocalDateTime.parse("2024-03-03T02:30"))),
            newYork,
            "job");
    assertThat(timetable.next(Instant.parse("2024-03-09T00:00:00Z")))
        .contains(Instant.parse("2024-03-10T07:00:00Z"));
    assertThat(timetable.skipped(Instant.parse("2024-03-10T07:00:00Z")))
        .contains(LocalDateTime.parse("2024-03-10T02:30"));
  }
}
