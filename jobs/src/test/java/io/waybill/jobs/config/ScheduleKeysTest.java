package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.JobDefinition;
import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys that say when a job is due. */
class ScheduleKeysTest {
  @TempDir Path directory;

  private final List<Problem> warnings = new ArrayList<>();

  @Test
  void everyForm() {
    assertThat(
            schedules(
                """
                - { every: 90s }
                - { every: 14d, from: 2026-01-05T09:00 }
                - { every: 36h, from: 2026-01-05T09:00Z }
                - { cron: "0 0 12 ? * MON-FRI", dialect: quartz }
                - { cron: "0 0 12 * * 1", dialect: spring }
                - { cron: "H H * * *" }
                - { cron: "@daily" }
                - { rrule: "FREQ=MONTHLY;BYDAY=-1FR", from: 2026-01-05T09:00 }
                - { daily: "02:30", jitter: 5m }
                """))
        .containsExactly(
            new Schedule.Every(Duration.ofSeconds(90)),
            new Schedule.EveryFrom(Duration.ofDays(14), LocalDateTime.parse("2026-01-05T09:00")),
            new Schedule.EveryFromInstant(
                Duration.ofHours(36), Instant.parse("2026-01-05T09:00:00Z")),
            new Schedule.Cron("0 0 12 ? * MON-FRI", CronDialect.QUARTZ),
            new Schedule.Cron("0 0 12 * * 1", CronDialect.SPRING),
            new Schedule.Cron("H H * * *"),
            new Schedule.Cron("@daily"),
            new Schedule.Recurring(
                "FREQ=MONTHLY;BYDAY=-1FR", LocalDateTime.parse("2026-01-05T09:00")),
            new Schedule.Jittered(new Schedule.Daily(LocalTime.of(2, 30)), Duration.ofMinutes(5)));
    assertThat(warnings).isEmpty();
  }

  @Test
  void aCalendarIsTheOneOfItsName() throws IOException {
    Files.writeString(
        directory.resolve("holidays.ics"),
        """
        BEGIN:VCALENDAR
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20270326
        END:VEVENT
        END:VCALENDAR
        """);
    DayCalendar bank =
        DayCalendar.builder("bank-days")
            .weekdays(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY))
            .exclude(MonthDay.of(12, 25))
            .exclude(LocalDate.of(2026, 12, 24))
            .exclude(LocalDate.of(2027, 3, 26))
            .knownUntil(LocalDate.of(2027, 3, 26))
            .build();
    assertThat(
            schedules(
                """
                - { cron: "30 2 * * *", calendar: bank-days, on-excluded: next-day, jitter: 5m }
                - { daily: "02:30", calendar: bank-days }
                """))
        .containsExactly(
            new Schedule.Jittered(
                new Schedule.OnDays(new Schedule.Cron("30 2 * * *"), bank, ExcludedPolicy.NEXT_DAY),
                Duration.ofMinutes(5)),
            new Schedule.OnDays(
                new Schedule.Daily(LocalTime.of(2, 30)), bank, ExcludedPolicy.SKIP));
    assertThat(warnings).isEmpty();
  }

  @Test
  void anIcsFileThatEndsSoonIsAWarning() throws IOException {
    Files.writeString(
        directory.resolve("holidays.ics"),
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260325T000000\nEND:VEVENT\nEND:VCALENDAR\n");
    schedules("- { daily: \"02:30\", calendar: bank-days }\n");
    assertThat(warnings)
        .extracting(problem -> problem.position().line() + " " + problem.message())
        .containsExactly(
            "7 \"holidays.ics\" ends on 2026-03-25: later holidays are not in it and count as other"
                + " days; add them");
  }

  @Test
  void whatIsEasilyMisreadIsAWarningAtItsPlace() throws IOException {
    Files.writeString(directory.resolve("holidays.ics"), "BEGIN:VCALENDAR\nEND:VCALENDAR\n");
    schedules(
        """
        - { cron: "0 0 12 ? * 1-5", dialect: quartz }
        - { cron: "* 2 * * *" }
        - { cron: "0 0 12 1 1 ? 2020", dialect: quartz }
        - { cron: "0 0 * * 6", calendar: bank-days }
        - { at: 2020-01-01T00:00 }
        """);
    assertThat(warnings)
        .extracting(
            problem ->
                problem.position().line()
                    + ":"
                    + problem.position().column()
                    + " "
                    + problem.message())
        .containsExactly(
            "7:10 \"holidays.ics\" has no event that counts: holidays are not in it and count as"
                + " other days; add them",
            "11:29 day of week 1-5 is Sunday to Thursday: Quartz counts from 1, Sunday; write names",
            "12:18 it is due in each of the 60 minutes from 02:00 to 02:59; write 0 as minute for"
                + " once",
            "13:11 it is never due again",
            "14:11 it is never due again; perhaps calendar \"bank-days\" excludes all of its days",
            "15:11 it is never due again");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "daily: '02:30:00.5' | \"daily\" is not a time of day",
        "daily: '24:00' | \"daily\" is not a time of day",
        "at: 2027-01-31T02:30:00.5 | \"at\" is not a moment",
        "at: 2027-02-30T02:30 | \"at\" is not a moment",
        "every: 14d, from: 2027-01-31T02:30:00.5 | \"from\" is not a moment",
        "every: 14d, from: soon | \"from\" is not a moment",
        "every: 3661d, from: 2027-01-31T02:30 | \"every\" is whole seconds",
        "rrule: FREQ=DAILY, from: 2027-01-31T02:30:00.5 | \"from\" is not a local time",
        "rrule: FREQ=DAILY, from: 2027-01-31T02:30Z | \"from\" is not a local time",
        "rrule: FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6, from: 2027-01-31T02:30 | it is never due",
        "cron: '' | five fields",
        "cron: 30 2 * * monday | write mon"
      })
  void oddValuesAreMistakesOfTheFile(String keys, String reason) {
    assertThatThrownBy(() -> schedules("- { " + keys.strip() + " }"))
        .isInstanceOfSatisfying(
            InvalidJobFile.class,
            e -> assertThat(e.render()).startsWith("orders.yml:11:").contains(reason.strip()));
  }

  @Test
  void anEmptyListIsAMistake() {
    assertThatThrownBy(() -> schedules("[]"))
        .isInstanceOfSatisfying(
            InvalidJobFile.class,
            e ->
                assertThat(e.render())
                    .startsWith("orders.yml:11:7: error: \"schedule\" is an empty list"));
  }

  private List<Schedule> schedules(String list) {
    String file =
        """
        version: 1
        timezone: Europe/Paris
        calendars:
          bank-days:
            weekdays: [mon, tue, wed, thu, fri]
            exclude: [12-25, 2026-12-24]
        %s
        jobs:
          j:
            schedule:
        %s
            steps: { copy: { from: /a, to: /b } }
        """
            .formatted(
                Files.exists(directory.resolve("holidays.ics")) ? "    ics: holidays.ics" : "",
                list.strip().indent(6).stripTrailing());
    JobDefinition job =
        new JobFileLoader(
                FakeStepType.ALL,
                new SecretSources(Map.of(), s -> {}, w -> {}),
                warnings::add,
                InstantSource.fixed(Instant.parse("2026-02-01T00:00:00Z")))
            .loadText("orders.yml", file, directory)
            .job("j")
            .orElseThrow();
    return job.schedules();
  }
}
