package io.waybill.scheduler.time;

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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimetableTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final EnumSet<DayOfWeek> WORKDAYS =
      EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);

  @Test
  void aLongIntervalCountsOnTheWallClockFromItsStart() {
    Timetable fortnightly =
        Timetable.of(
            List.of(
                new Schedule.EveryFrom(
                    Duration.ofDays(14), LocalDateTime.parse("2026-03-16T09:00"))),
            PARIS,
            "job");
    assertThat(due(fortnightly, "2026-01-01T00:00:00Z", 3))
        .containsExactly("2026-03-16T08:00:00Z", "2026-03-30T07:00:00Z", "2026-04-13T07:00:00Z");
  }

  @Test
  void anIntervalOfElapsedTimeKnowsNoClockChanges() {
    Timetable elapsed =
        Timetable.of(
            List.of(
                new Schedule.EveryFromInstant(
                    Duration.ofDays(14), Instant.parse("2026-03-16T08:00:00Z"))),
            PARIS,
            "job");
    assertThat(due(elapsed, "2026-01-01T00:00:00Z", 2))
        .containsExactly("2026-03-16T08:00:00Z", "2026-03-30T08:00:00Z");
  }

  @Test
  void jitterDelaysByLessThanItselfAndByTheJobsName() {
    Schedule jittered =
        new Schedule.Jittered(new Schedule.Cron("30 2 * * *"), Duration.ofMinutes(5));
    TreeSet<Instant> moments = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      Timetable timetable = Timetable.of(List.of(jittered), UTC, "job-" + i);
      Instant first = timetable.next(Instant.parse("2026-01-01T00:00:00Z")).orElseThrow();
      assertThat(first).isBetween("2026-01-01T02:30:00Z", "2026-01-01T02:34:59Z");
      assertThat(timetable.next(first)).contains(first.plus(Duration.ofDays(1)));
      moments.add(first);
    }
    assertThat(moments).hasSizeGreaterThan(60);
  }

  @Test
  void jitterKeepsAFiringOfAGapMoved() {
    Timetable timetable =
        Timetable.of(
            List.of(new Schedule.Jittered(new Schedule.Cron("30 2 * * *"), Duration.ofMinutes(5))),
            ZoneId.of("America/New_York"),
            "job");
    Instant firing = timetable.next(Instant.parse("2024-03-10T06:00:00Z")).orElseThrow();
    assertThat(firing).isBetween("2024-03-10T07:00:00Z", "2024-03-10T07:04:59Z");
    assertThat(timetable.skipped(firing)).contains(LocalDateTime.parse("2024-03-10T02:30"));
  }

  @ParameterizedTest
  @EnumSource(ExcludedPolicy.class)
  void holidaysMoveOrSkipTheirFirings(ExcludedPolicy policy) {
    DayCalendar bank =
        DayCalendar.builder("bank")
            .weekdays(WORKDAYS)
            .exclude(MonthDay.of(12, 25))
            .exclude(LocalDate.of(2026, 12, 24))
            .build();
    Timetable timetable =
        Timetable.of(
            List.of(new Schedule.OnDays(new Schedule.Cron("30 2 24-27 12 *"), bank, policy)),
            UTC,
            "job");
    // 24 (Thursday) to 27 (Sunday) are all excluded
    List<String> expected =
        switch (policy) {
          case SKIP -> List.of("2027-12-24T02:30:00Z", "2027-12-27T02:30:00Z");
          case NEXT_DAY -> List.of("2026-12-28T02:30:00Z", "2027-12-24T02:30:00Z");
          case PREVIOUS_DAY -> List.of("2026-12-23T02:30:00Z", "2027-12-24T02:30:00Z");
        };
    assertThat(due(timetable, "2026-01-01T00:00:00Z", 2)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void calendarsAreAsTheRulesSayTakenLiterally(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      DayCalendar calendar = anyCalendar(random);
      ExcludedPolicy policy = List.of(ExcludedPolicy.values()).get(random.nextInt(3));
      LocalTime time = LocalTime.of(random.nextInt(24), random.nextInt(60));
      int every = 1 + random.nextInt(9);
      Schedule inner =
          new Schedule.EveryFrom(Duration.ofDays(every), LocalDate.of(2026, 1, 1).atTime(time));
      Timetable timetable =
          Timetable.of(List.of(new Schedule.OnDays(inner, calendar, policy)), UTC, "job");
      TreeSet<LocalDate> expected = new TreeSet<>();
      for (LocalDate day = LocalDate.of(2026, 1, 1);
          day.getYear() < 2028;
          day = day.plusDays(every)) {
        moved(day, calendar, policy).ifPresent(expected::add);
      }
      List<LocalDate> found = new ArrayList<>();
      Optional<Instant> next = timetable.next(Instant.parse("2025-01-01T00:00:00Z"));
      while (next.isPresent() && next.get().isBefore(Instant.parse("2027-11-01T00:00:00Z"))) {
        assertThat(next.get().atZone(UTC).toLocalTime()).isEqualTo(time);
        found.add(next.get().atZone(UTC).toLocalDate());
        next = timetable.next(next.get());
      }
      assertThat(found)
          .as("%s %s %s, seed %d", calendar.dates(), policy, inner, seed)
          .containsExactlyElementsOf(expected.headSet(LocalDate.of(2027, 11, 1)));
    }
  }

  private static Optional<LocalDate> moved(
      LocalDate day, DayCalendar calendar, ExcludedPolicy policy) {
    LocalDate moved = day;
    while (!calendar.includes(moved)) {
      if (policy == ExcludedPolicy.SKIP) {
        return Optional.empty();
      }
      moved = moved.plusDays(policy == ExcludedPolicy.NEXT_DAY ? 1 : -1);
    }
    return Optional.of(moved);
  }

  private static DayCalendar anyCalendar(Random random) {
    DayCalendar.Builder calendar = DayCalendar.builder("any");
    if (random.nextBoolean()) {
      calendar.weekdays(WORKDAYS);
    }
    for (int i = random.nextInt(30); i > 0; i--) {
      calendar.exclude(LocalDate.of(2026, 1, 1).plusDays(random.nextInt(600)));
    }
    if (random.nextBoolean()) {
      calendar.exclude(MonthDay.of(1, 1)).exclude(MonthDay.of(12, 31));
    }
    return calendar.build();
  }

  @ParameterizedTest
  @CsvSource({
    "NEXT_DAY, 2011-12-29, 29, 2011-12-30T20:00:00Z", // on the 31st there
    "PREVIOUS_DAY, 2011-12-31, 31, 2011-12-29T20:00:00Z", // on the 29th there
    // the skipped day counts: what falls on it is not due, and nothing moves it
    "NEXT_DAY, 2011-12-29, 30, 2012-12-29T20:00:00Z"
  })
  void whatMovesGoesOnOverADayThatTheZoneSkips(
      ExcludedPolicy policy, LocalDate excluded, int day, Instant due) {
    DayCalendar calendar = DayCalendar.builder("closed").exclude(excluded).build();
    Schedule schedule =
        new Schedule.OnDays(new Schedule.Cron("0 10 %d 12 *".formatted(day)), calendar, policy);
    Timetable timetable = Timetable.of(List.of(schedule), ZoneId.of("Pacific/Apia"), "job");
    assertThat(timetable.next(Instant.parse("2011-12-01T00:00:00Z"))).contains(due);
    // from anywhere before it, also from within the day that is not there
    assertThat(timetable.next(due.minusSeconds(1))).contains(due);
    assertThat(timetable.next(due.minus(Duration.ofHours(11)))).contains(due);
  }

  @Test
  void aCalendarThatExcludesEverythingIsRefused() {
    assertThatThrownBy(
            () -> DayCalendar.builder("none").weekdays(EnumSet.noneOf(DayOfWeek.class)).build())
        .hasMessageContaining("excludes every day");
    DayCalendar.Builder yearly = DayCalendar.builder("none");
    for (LocalDate day = LocalDate.of(2028, 1, 1); day.getYear() == 2028; day = day.plusDays(1)) {
      yearly.exclude(MonthDay.from(day));
    }
    assertThatThrownBy(yearly::build).hasMessageContaining("excludes every day");
  }

  @Test
  void aScheduleOnDaysThatTheCalendarNeverHasIsNeverDue() {
    DayCalendar workdays = DayCalendar.builder("workdays").weekdays(WORKDAYS).build();
    Timetable never =
        Timetable.of(
            List.of(
                new Schedule.OnDays(new Schedule.Cron("0 0 * * 6"), workdays, ExcludedPolicy.SKIP)),
            UTC,
            "job");
    assertThat(never.next(Instant.parse("2026-01-01T00:00:00Z"))).isEmpty();
  }

  @Test
  @Timeout(30)
  void rareExpressionsAreFoundWithoutWalkingThroughYears() {
    List<CronExpression> rare =
        List.of(
            CronExpression.parse("0 0 29 2 *"),
            CronExpression.parse("0 0 0 ? 2 2#5", CronDialect.QUARTZ),
            CronExpression.parse("0 0 0 29 2 1", CronDialect.SPRING),
            CronExpression.parse("0 0 0 1 1 ? 2099", CronDialect.QUARTZ));
    for (CronExpression each : rare) {
      for (int i = 0; i < 20_000; i++) {
        assertThat(each.next(Instant.EPOCH.plus(Duration.ofHours(i)), PARIS)).isPresent();
      }
    }
  }

  @Test
  void momentsAreWholeMillisecondsBeforeTheYear9999() {
    Instant now = Instant.parse("2026-01-31T02:30:00Z");
    List<Schedule> precise =
        List.of(
            new Schedule.At(LocalDateTime.parse("2026-01-31T02:30:00.123456789")),
            new Schedule.AtInstant(now.plusNanos(123_456_789)),
            new Schedule.EveryFromInstant(Duration.ofDays(1), now.plusNanos(123_456_789)));
    assertThat(Timetable.of(precise, UTC, "job").next(now)).contains(now.plusMillis(123));
    List<Schedule> late =
        List.of(
            new Schedule.At(LocalDateTime.MAX.minusSeconds(1)),
            new Schedule.EveryFromInstant(Duration.ofDays(1), Instant.MAX));
    assertThat(Timetable.of(late, ZoneId.of("America/New_York"), "job").next(now)).isEmpty();
  }

  @Test
  void nothingIsDueAtTheEndOfTime() {
    Timetable timetable = Timetable.of(List.of(new Schedule.Cron("* * * * *")), PARIS, "job");
    assertThat(timetable.next(Instant.MAX)).isEmpty();
    assertThat(timetable.next(Instant.MIN)).isPresent();
    assertThat(
            Timetable.of(
                    List.of(
                        new Schedule.Jittered(
                            new Schedule.Daily(LocalTime.NOON), Duration.ofHours(1))),
                    PARIS,
                    "job")
                .next(Instant.MIN))
        .isPresent();
  }

  @Test
  void theOutlookMarksClockChangesAndWhatTheyDo() {
    ZoneId newYork = ZoneId.of("America/New_York");
    Timetable timetable = Timetable.of(List.of(new Schedule.Cron("30 2 * * *")), newYork, "job");
    Outlook outlook = Outlook.of(timetable, newYork, Instant.parse("2027-03-12T12:00:00Z"), 3);
    assertThat(outlook.entries())
        .extracting(entry -> entry.at() + " " + entry.note())
        .containsExactly(
            "2027-03-13T07:30:00Z ",
            "2027-03-14T07:00:00Z clocks go forward from 02:00 to 03:00",
            "2027-03-14T07:00:00Z clock change: for 02:30, which is skipped; this is the end of the gap",
            "2027-03-15T06:30:00Z ");
    Timetable hourly = Timetable.of(List.of(new Schedule.Cron("30 * * * *")), newYork, "job");
    assertThat(Outlook.of(hourly, newYork, Instant.parse("2026-11-01T05:00:00Z"), 2).entries())
        .extracting(Outlook.Entry::note)
        .containsExactly(
            "clock change: the first of two times that clocks show this",
            "clocks go back from 02:00 to 01:00",
            "clock change: the second of two times that clocks show this");
    assertThat(outlook.due().get(1).local().getOffset()).isEqualTo(ZoneOffset.ofHours(-4));
  }

  private static List<String> due(Timetable timetable, String after, int count) {
    List<String> due = new ArrayList<>();
    Instant moment = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      moment = timetable.next(moment).orElseThrow();
      due.add(moment.toString());
    }
    return due;
  }
}
