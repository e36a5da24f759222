package io.waybill.jobs.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Due;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.alert.DailyDeadlines.Deadline;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.Schedule;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** By when a job must have succeeded. */
class DailyDeadlinesTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final Set<DayOfWeek> WORKDAYS = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  private static DailyDeadlines of(
      ZoneId zone, String by, Optional<DayCalendar> days, Schedule... schedules) {
    JobDefinition job = JobFixture.job("j", zone).schedules(List.of(schedules)).build();
    return new DailyDeadlines(job, new Due.Daily(LocalTime.parse(by), days));
  }

  private static Optional<Deadline> latest(DailyDeadlines deadlines, String until) {
    return deadlines.latest(LONG_AGO, Instant.parse(until));
  }

  private static Optional<Deadline> deadline(String at, String begun) {
    return Optional.of(new Deadline(Instant.parse(at), Instant.parse(begun)));
  }

  @Test
  void aJobWithoutSchedulesIsDueEveryDayAndARunSinceTheDayBeforeCounts() {
    DailyDeadlines due = of(PARIS, "06:00", Optional.empty());

    assertThat(latest(due, "2026-01-15T05:00:00Z"))
        .isEqualTo(deadline("2026-01-15T05:00:00Z", "2026-01-14T05:00:00Z"));
    assertThat(latest(due, "2026-01-15T04:59:59Z"))
        .isEqualTo(deadline("2026-01-14T05:00:00Z", "2026-01-13T05:00:00Z"));
  }

  @Test
  void aScheduledJobIsDueOnDaysWithAFiringAndARunSinceTheLastOneCounts() {
    DailyDeadlines due = of(PARIS, "06:00", Optional.empty(), new Schedule.Cron("30 2 * * 1-5"));

    // a Monday, and the Sunday before it
    assertThat(latest(due, "2026-01-12T12:00:00Z"))
        .isEqualTo(deadline("2026-01-12T05:00:00Z", "2026-01-12T01:30:00Z"));
    assertThat(latest(due, "2026-01-11T12:00:00Z"))
        .isEqualTo(deadline("2026-01-09T05:00:00Z", "2026-01-09T01:30:00Z"));
  }

  @Test
  void aFiringInTheEveningBelongsToTheNextMorning() {
    DailyDeadlines due = of(PARIS, "06:00", Optional.empty(), new Schedule.Cron("0 22 * * 5"));

    assertThat(latest(due, "2026-01-12T12:00:00Z"))
        .isEqualTo(deadline("2026-01-10T05:00:00Z", "2026-01-09T21:00:00Z"));
  }

  @Test
  void aCalendarSaysWhichDaysCountAndTheLastFiringBeforeThemDoes() {
    DayCalendar days = DayCalendar.builder("d").weekdays(WORKDAYS).build();
    DailyDeadlines due = of(PARIS, "06:00", Optional.of(days), new Schedule.Cron("0 3 * * 0"));

    assertThat(latest(due, "2026-01-14T12:00:00Z"))
        .isEqualTo(deadline("2026-01-14T05:00:00Z", "2026-01-11T02:00:00Z"));
    assertThat(latest(due, "2026-01-11T12:00:00Z"))
        .isEqualTo(deadline("2026-01-09T05:00:00Z", "2026-01-04T02:00:00Z"));
  }

  @Test
  void aJobThatFiresAllTheTimeNeedsItsLastFiringBeforeTheDeadline() {
    DailyDeadlines due =
        of(PARIS, "06:00", Optional.empty(), new Schedule.Every(Duration.ofMinutes(5)));

    assertThat(latest(due, "2026-01-15T05:00:00Z"))
        .isEqualTo(deadline("2026-01-15T05:00:00Z", "2026-01-15T04:55:00Z"));
  }

  @Test
  void aTimeThatTheClockSkipsIsAtTheGapsEndAndOneThatItRepeatsIsTheFirst() {
    DailyDeadlines due = of(PARIS, "02:30", Optional.empty());

    assertThat(latest(due, "2026-03-29T12:00:00Z").map(Deadline::at))
        .contains(Instant.parse("2026-03-29T01:00:00Z"));
    assertThat(latest(due, "2026-10-25T12:00:00Z").map(Deadline::at))
        .contains(Instant.parse("2026-10-25T00:30:00Z"));
  }

  @Test
  void theDayThatApiaHasLeftOutHasNoDeadlineOfItsOwn() {
    DailyDeadlines early = of(ZoneId.of("Pacific/Apia"), "06:00", Optional.empty());
    Instant from = Instant.parse("2011-12-28T12:00:00Z");
    assertThat(early.latest(from, Instant.parse("2011-12-30T15:59:59Z")).map(Deadline::at))
        .contains(Instant.parse("2011-12-29T16:00:00Z"));
    assertThat(early.latest(from, Instant.parse("2011-12-30T16:00:00Z")).map(Deadline::at))
        .contains(Instant.parse("2011-12-30T16:00:00Z"));
  }

  @Test
  void nothingBeforeTheMomentFromWhichTimeCountsIsDue() {
    DailyDeadlines due = of(PARIS, "06:00", Optional.empty());
    Instant by = Instant.parse("2026-01-15T05:00:00Z");

    assertThat(due.latest(by, by.plusSeconds(3600))).isEmpty();
    assertThat(due.latest(by.minusMillis(1), by)).isPresent();
    assertThat(due.next(by)).contains(by.plus(Duration.ofDays(1)));
  }
}
