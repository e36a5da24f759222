package io.waybill.scheduler.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final DayCalendar BANK =
      DayCalendar.builder("bank")
          .weekdays(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY))
          .exclude(LocalDate.of(2026, 12, 24))
          .exclude(LocalDate.of(2026, 12, 25))
          .build();

  @Test
  void theMomentsOfAllJobsComeInTheirOrderAndThoseAtOneMomentByName() {
    Agenda agenda =
        Agenda.of(
            List.of(
                job("b", PARIS, new Schedule.Daily(LocalTime.of(13, 0))),
                job("a", ZoneId.of("UTC"), new Schedule.Daily(LocalTime.NOON)),
                job("c", ZoneId.of("UTC"), new Schedule.Daily(LocalTime.of(6, 0))),
                job("never", PARIS)),
            Instant.parse("2026-01-01T07:00:00Z"),
            4);

    assertThat(agenda.due())
        .extracting(due -> due.job().name() + " " + due.due().local())
        .containsExactly(
            "a 2026-01-01T12:00Z[UTC]",
            "b 2026-01-01T13:00+01:00[Europe/Paris]",
            "c 2026-01-02T06:00Z[UTC]",
            "a 2026-01-02T12:00Z[UTC]");
    assertThat(agenda.entries()).hasSize(4);
  }

  @Test
  void clockChangesOfEachZoneStandBeforeWhatIsDueAtThem() {
    ZoneId newYork = ZoneId.of("America/New_York");
    Agenda agenda =
        Agenda.of(
            List.of(
                job("paris", PARIS, new Schedule.Cron("0 0 1 * *")),
                job("new-york", newYork, new Schedule.Cron("30 2 14 3 *"))),
            Instant.parse("2027-03-02T00:00:00Z"),
            2);

    assertThat(agenda.entries())
        .extracting(
            entry ->
                entry instanceof Agenda.ClockChange change
                    ? change.zone() + " " + change.change().note()
                    : ((Agenda.Due) entry).job().name() + " " + entry.at())
        .containsExactly(
            "America/New_York clocks go forward from 02:00 to 03:00",
            "new-york 2027-03-14T07:00:00Z",
            "Europe/Paris clocks go forward from 02:00 to 03:00",
            "paris 2027-03-31T22:00:00Z");
    assertThat(agenda.due().get(0).due().note()).startsWith("clock change: for 02:30");
  }

  @Test
  void aMomentNamesTheSchedulesThatAreDueAndWhatHasMovedIt() {
    Schedule plain = new Schedule.Daily(LocalTime.of(9, 0));
    Schedule shifted =
        new Schedule.OnDays(new Schedule.Cron("0 9 25 * *"), BANK, ExcludedPolicy.NEXT_DAY);
    Agenda agenda =
        Agenda.of(
            List.of(job("job", PARIS, plain, shifted)), Instant.parse("2026-12-27T12:00:00Z"), 2);

    assertThat(agenda.due().get(0).reasons())
        .containsExactly(
            new DueReason("At 09:00 every day", List.of()),
            new DueReason(
                "At 09:00 on day 25 of every month; what is not on a day of bank moves to the next"
                    + " one",
                List.of("calendar bank: moved from 2026-12-25")));
    assertThat(agenda.due().get(1).reasons())
        .containsExactly(new DueReason("At 09:00 every day", List.of()));
  }

  @Test
  void jitterIsToldAndLooksPastItselfAtTheCalendar() {
    Schedule schedule =
        new Schedule.Jittered(
            new Schedule.OnDays(
                new Schedule.Cron("59 23 25 12 *"), BANK, ExcludedPolicy.PREVIOUS_DAY),
            Duration.ofMinutes(10));
    ScheduledJob job = job("nightly", PARIS, schedule);
    Duration delay = Timetable.delay((Schedule.Jittered) schedule, "nightly");

    Agenda.Due due = Agenda.of(List.of(job), Instant.parse("2026-12-01T00:00:00Z"), 1).due().get(0);

    assertThat(due.at()).isEqualTo(Instant.parse("2026-12-23T22:59:00Z").plus(delay));
    assertThat(due.reasons())
        .singleElement()
        .satisfies(
            reason -> {
              assertThat(reason.words())
                  .isEqualTo(
                      "At 23:59 on day 25 of December;"
                          + " what is not on a day of bank moves to the one before");
              assertThat(reason.marks())
                  .containsExactly(
                      "jitter: " + English.duration(delay) + " later",
                      "calendar bank: moved from 2026-12-25");
            });
  }

  @Test
  void aMovedTimeThatTheClockSkipsIsStillSeenToBeMoved() {
    DayCalendar closed = DayCalendar.builder("closed").exclude(LocalDate.of(2027, 3, 27)).build();
    Schedule schedule =
        new Schedule.OnDays(new Schedule.Cron("30 2 27 3 *"), closed, ExcludedPolicy.NEXT_DAY);

    Agenda.Due due =
        Agenda.of(List.of(job("job", PARIS, schedule)), Instant.parse("2027-01-01T00:00:00Z"), 1)
            .due()
            .get(0);

    assertThat(due.at()).isEqualTo("2027-03-28T01:00:00Z");
    assertThat(due.reasons().get(0).marks())
        .containsExactly("calendar closed: moved from 2027-03-27");
  }

  private static ScheduledJob job(String name, ZoneId zone, Schedule... schedules) {
    return ScheduledJob.builder(name, zone)
        .schedules(List.of(schedules))
        .missed(MissedPolicy.runOnce())
        .overlap(OverlapPolicy.SKIP)
        .build();
  }
}
