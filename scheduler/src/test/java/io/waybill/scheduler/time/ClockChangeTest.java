package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClockChangeTest {
  @ParameterizedTest
  @CsvSource({
    // a fixed time in a gap: once, at its end; then as usual
    "America/New_York, 30 2 * * *, 2024-03-09T12:00:00Z, 2024-03-10T07:00:00Z 2024-03-11T06:30:00Z",
    "America/Santiago, 0 0 * * *, 2024-09-07T12:00:00Z, 2024-09-08T04:00:00Z 2024-09-09T03:00:00Z",
    "America/Havana, 0 0 * * *, 2024-03-09T12:00:00Z, 2024-03-10T05:00:00Z 2024-03-11T04:00:00Z",
    "Australia/Lord_Howe, 15 2 * * *, 2024-10-05T00:00:00Z,"
        + " 2024-10-05T15:30:00Z 2024-10-06T15:15:00Z",
    "Europe/Paris, 30 2 * * *, 2024-03-30T12:00:00Z, 2024-03-31T01:00:00Z 2024-04-01T00:30:00Z",
    "Australia/Sydney, 30 2 * * *, 2024-10-05T00:00:00Z,"
        + " 2024-10-05T16:00:00Z 2024-10-06T15:30:00Z",
    // the end of Ramadan in Morocco
    "Africa/Casablanca, 30 2 * * *, 2024-04-13T12:00:00Z,"
        + " 2024-04-14T02:00:00Z 2024-04-15T01:30:00Z",
    // several in one gap are one
    "America/New_York, '0,30 2 * * *', 2024-03-10T00:00:00Z,"
        + " 2024-03-10T07:00:00Z 2024-03-11T06:00:00Z",
    // a fixed time in an overlap: once, the first time
    "America/New_York, 30 1 * * *, 2024-11-03T00:00:00Z, 2024-11-03T05:30:00Z 2024-11-04T06:30:00Z",
    "America/Havana, 30 0 * * *, 2024-11-03T00:00:00Z, 2024-11-03T04:30:00Z 2024-11-04T05:30:00Z",
    "Europe/Paris, 30 2 * * *, 2024-10-26T12:00:00Z, 2024-10-27T00:30:00Z 2024-10-28T01:30:00Z",
    "Australia/Sydney, 30 2 * * *, 2024-04-06T00:00:00Z,"
        + " 2024-04-06T15:30:00Z 2024-04-07T16:30:00Z",
    "Australia/Lord_Howe, 45 1 * * *, 2024-04-06T00:00:00Z,"
        + " 2024-04-06T14:45:00Z 2024-04-07T15:15:00Z",
    "America/Santiago, 30 23 * * *, 2024-04-06T12:00:00Z,"
        + " 2024-04-07T02:30:00Z 2024-04-08T03:30:00Z",
    // the beginning of Ramadan in Morocco
    "Africa/Casablanca, 30 2 * * *, 2024-03-09T12:00:00Z,"
        + " 2024-03-10T01:30:00Z 2024-03-11T02:30:00Z",
    // an interval goes through both halves, and over a gap without an extra firing
    "America/New_York, */30 * * * *, 2024-11-03T05:00:00Z,"
        + " 2024-11-03T05:30:00Z 2024-11-03T06:00:00Z 2024-11-03T06:30:00Z 2024-11-03T07:00:00Z",
    "America/New_York, 30 * * * *, 2024-03-10T06:00:00Z, 2024-03-10T06:30:00Z 2024-03-10T07:30:00Z",
    "Europe/Paris, 0 * * * *, 2024-10-26T23:30:00Z,"
        + " 2024-10-27T00:00:00Z 2024-10-27T01:00:00Z 2024-10-27T02:00:00Z",
    "Africa/Casablanca, 0 * * * *, 2024-03-10T00:30:00Z,"
        + " 2024-03-10T01:00:00Z 2024-03-10T02:00:00Z 2024-03-10T03:00:00Z",
    // unless the day would be lost
    "America/New_York, */15 2 * * *, 2024-03-10T00:00:00Z,"
        + " 2024-03-10T07:00:00Z 2024-03-11T06:00:00Z",
    "America/Santiago, */30 0 * * *, 2024-09-08T00:00:00Z,"
        + " 2024-09-08T04:00:00Z 2024-09-09T03:00:00Z",
    "America/Havana, */30 0 * * *, 2024-03-10T00:00:00Z,"
        + " 2024-03-10T05:00:00Z 2024-03-11T04:00:00Z",
    // the other zones' intervals, through a gap and through an overlap
    "Europe/Paris, */30 * * * *, 2024-03-31T00:00:00Z,"
        + " 2024-03-31T00:30:00Z 2024-03-31T01:00:00Z 2024-03-31T01:30:00Z",
    "America/Santiago, */30 * * * *, 2024-09-08T03:00:00Z,"
        + " 2024-09-08T03:30:00Z 2024-09-08T04:00:00Z 2024-09-08T04:30:00Z",
    "America/Santiago, */30 * * * *, 2024-04-07T02:00:00Z,"
        + " 2024-04-07T02:30:00Z 2024-04-07T03:00:00Z 2024-04-07T03:30:00Z 2024-04-07T04:00:00Z",
    "America/Havana, */30 * * * *, 2024-03-10T04:00:00Z,"
        + " 2024-03-10T04:30:00Z 2024-03-10T05:00:00Z 2024-03-10T05:30:00Z",
    "America/Havana, 30 * * * *, 2024-11-03T04:00:00Z,"
        + " 2024-11-03T04:30:00Z 2024-11-03T05:30:00Z 2024-11-03T06:30:00Z",
    "Australia/Sydney, 0 * * * *, 2024-10-05T14:30:00Z,"
        + " 2024-10-05T15:00:00Z 2024-10-05T16:00:00Z 2024-10-05T17:00:00Z",
    "Australia/Sydney, */30 * * * *, 2024-04-06T15:00:00Z,"
        + " 2024-04-06T15:30:00Z 2024-04-06T16:00:00Z 2024-04-06T16:30:00Z 2024-04-06T17:00:00Z",
    // half an hour only: what is due at each full hour comes half an hour sooner or later then
    "Australia/Lord_Howe, */15 * * * *, 2024-10-05T15:00:00Z,"
        + " 2024-10-05T15:15:00Z 2024-10-05T15:30:00Z 2024-10-05T15:45:00Z",
    "Australia/Lord_Howe, 0 * * * *, 2024-10-05T14:00:00Z,"
        + " 2024-10-05T14:30:00Z 2024-10-05T16:00:00Z",
    "Australia/Lord_Howe, 45 * * * *, 2024-04-06T14:00:00Z,"
        + " 2024-04-06T14:45:00Z 2024-04-06T15:15:00Z 2024-04-06T16:15:00Z",
    "Africa/Casablanca, */30 * * * *, 2024-04-14T01:00:00Z,"
        + " 2024-04-14T01:30:00Z 2024-04-14T02:00:00Z 2024-04-14T02:30:00Z",
    // Samoa had summer time, too
    "Pacific/Apia, 30 3 * * *, 2012-09-29T00:00:00Z, 2012-09-29T14:00:00Z 2012-09-30T13:30:00Z",
    "Pacific/Apia, 30 3 * * *, 2013-04-06T00:00:00Z, 2013-04-06T13:30:00Z 2013-04-07T14:30:00Z",
    "Pacific/Apia, 0 * * * *, 2012-09-29T12:30:00Z,"
        + " 2012-09-29T13:00:00Z 2012-09-29T14:00:00Z 2012-09-29T15:00:00Z",
    "Pacific/Apia, */30 * * * *, 2013-04-06T13:00:00Z,"
        + " 2013-04-06T13:30:00Z 2013-04-06T14:00:00Z 2013-04-06T14:30:00Z 2013-04-06T15:00:00Z",
    // a day that does not exist has no firing, and an interval goes on after it
    "Pacific/Apia, 30 2 * * *, 2011-12-29T00:00:00Z, 2011-12-29T12:30:00Z 2011-12-30T12:30:00Z",
    "Pacific/Apia, 0 * * * *, 2011-12-30T08:30:00Z,"
        + " 2011-12-30T09:00:00Z 2011-12-30T10:00:00Z 2011-12-30T11:00:00Z",
    "Pacific/Apia, 30 2 30 12 *, 2011-12-29T00:00:00Z, 2012-12-29T12:30:00Z"
  })
  void cronFiresAt(String zone, String cron, Instant after, String expected) {
    CronExpression expression = CronExpression.parse(cron);
    List<String> found = new ArrayList<>();
    Instant moment = after;
    for (String ignored : expected.split(" ", -1)) {
      moment = expression.next(moment, ZoneId.of(zone)).orElseThrow();
      found.add(moment.toString());
    }
    assertThat(found).containsExactly(expected.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30 2 * * *", "0 0 * * *", "30 0 * * *", "59 23 * * *", "*/20 1 * * *"})
  void noDayIsLostInAnyZoneAtAnyClockChange(String cron) {
    CronExpression expression = CronExpression.parse(cron);
    for (ZoneId zone : Zones.all()) {
      for (ZoneOffsetTransition change : Zones.changes(zone)) {
        verifyDaysAround(expression, zone, change);
      }
    }
  }

  private static void verifyDaysAround(
      CronExpression expression, ZoneId zone, ZoneOffsetTransition change) {
    Supplier<String> where = () -> expression + " in " + zone + " at " + change;
    LocalDate changed = change.getDateTimeBefore().toLocalDate();
    LocalDate first = changed.minusDays(1);
    LocalDate last = changed.plusDays(2);
    Instant moment = first.atStartOfDay(zone).toInstant().minusMillis(1);
    Instant end = last.plusDays(1).atStartOfDay(zone).toInstant();
    Set<LocalDate> seen = new HashSet<>();
    while (true) {
      Instant next = expression.next(moment, zone).orElseThrow();
      assertThat(next).as(where).isAfter(moment);
      if (!next.isBefore(end)) {
        break;
      }
      moment = next;
      LocalDateTime local = LocalDateTime.ofInstant(next, zone);
      // what a gap over midnight moves into the next day stands for the day of the gap's start
      boolean moved = change.isGap() && next.equals(change.getInstant());
      seen.add(local.toLocalDate());
      if (moved) {
        seen.add(change.getDateTimeBefore().toLocalDate());
      }
    }
    for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
      boolean exists = day.atStartOfDay(zone).toLocalDate().equals(day);
      assertThat(seen.contains(day) || !exists).as(where).isTrue();
    }
  }

  @Test
  void fixedTimeFiresOnceOnEachDayInEveryZone() {
    CronExpression expression = CronExpression.parse("30 1 * * *");
    for (ZoneId zone : Zones.all()) {
      for (ZoneOffsetTransition change : Zones.changes(zone)) {
        Instant start = change.getInstant().minus(Duration.ofDays(2));
        Instant one = expression.next(start, zone).orElseThrow();
        Instant two = expression.next(one, zone).orElseThrow();
        Instant three = expression.next(two, zone).orElseThrow();
        // nowhere do two firings of a daily job come closer than a day less the clock change
        Duration least = Duration.ofHours(24).minus(change.getDuration().abs());
        boolean dayIsSkipped = change.getDuration().abs().compareTo(Duration.ofHours(12)) > 0;
        if (!dayIsSkipped) {
          assertThat(Duration.between(one, two))
              .as(() -> zone + " " + change)
              .isGreaterThanOrEqualTo(least);
          assertThat(Duration.between(two, three))
              .as(() -> zone + " " + change)
              .isGreaterThanOrEqualTo(least);
        }
      }
    }
  }

  @Test
  void shortIntervalKeepsItsRhythmOverEveryWholeHourChange() {
    Timetable timetable =
        Timetable.of(
            List.of(new Schedule.Every(Duration.ofMinutes(30))),
            ZoneId.of("America/New_York"),
            "job");
    Instant moment = Instant.parse("2024-11-03T00:00:00Z");
    for (int i = 0; i < 48; i++) {
      Instant next = timetable.next(moment).orElseThrow();
      assertThat(Duration.between(moment, next)).isEqualTo(Duration.ofMinutes(30));
      moment = next;
    }
  }

  @Test
  void longIntervalFiresOnceInARepeatedHourAndNotAtAllTwice() {
    Timetable timetable =
        Timetable.of(
            List.of(new Schedule.Every(Duration.ofHours(6))), ZoneId.of("America/Havana"), "job");
    Instant midnight = timetable.next(Instant.parse("2024-11-03T03:00:00Z")).orElseThrow();
    assertThat(midnight).isEqualTo("2024-11-03T04:00:00Z"); // the first of two midnights
    assertThat(timetable.next(midnight)).contains(Instant.parse("2024-11-03T11:00:00Z"));
  }

  @Test
  void localOnceIsMovedOutOfAGapAndTakesTheFirstOfTwo() {
    ZoneId zone = ZoneId.of("America/New_York");
    Instant before = Instant.parse("2024-01-01T00:00:00Z");
    assertThat(at(zone, "2024-03-10T02:30").next(before))
        .contains(Instant.parse("2024-03-10T07:00:00Z"));
    assertThat(at(zone, "2024-11-03T01:30").next(before))
        .contains(Instant.parse("2024-11-03T05:30:00Z"));
    assertThat(at(zone, "2024-03-10T02:30").next(Instant.parse("2024-03-10T07:00:00Z"))).isEmpty();
  }

  @Test
  void coincidingSchedulesFireOnce() {
    Timetable both =
        Timetable.of(
            List.of(new Schedule.Daily(LocalTime.NOON), new Schedule.Cron("0 12 * * *")),
            ZoneId.of("UTC"),
            "job");
    Instant noon = both.next(Instant.parse("2026-01-01T00:00:00Z")).orElseThrow();
    assertThat(both.next(noon)).contains(noon.plus(Duration.ofDays(1)));
  }

  private static Timetable at(ZoneId zone, String local) {
    return Timetable.of(List.of(new Schedule.At(LocalDateTime.parse(local))), zone, "job");
  }
}
