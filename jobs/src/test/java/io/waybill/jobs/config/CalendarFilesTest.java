package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The iCalendar files that a calendar of the job file names. */
class CalendarFilesTest {
  @TempDir Path directory;

  private final List<Problem> warnings = new ArrayList<>();

  private void load(String ics) {
    new JobFileLoader(
            FakeStepType.ALL,
            new SecretSources(Map.of(), s -> {}, w -> {}),
            warnings::add,
            InstantSource.fixed(Instant.parse("2026-02-01T00:00:00Z")))
        .loadText(
            "orders.yml",
            """
            version: 1
            timezone: Europe/Paris
            calendars:
              bank-days: { ics: %s }
            jobs:
              j:
                schedule: { daily: "02:30", calendar: bank-days }
                steps: { copy: { from: /a, to: /b } }
            """
                .formatted(ics),
            directory);
  }

  private String error(String ics) {
    return catchThrowableOfType(InvalidJobFile.class, () -> load(ics)).render();
  }

  @Test
  void aFileThatIsCutOffIsAMistakeWithItsLine() throws IOException {
    Files.writeString(
        directory.resolve("h.ics"),
        """
        BEGIN:VCALENDAR
        BEGIN:VEVENT
        DTSTART;VALUE=DATE:20270326
        """);
    assertThat(error("h.ics"))
        .startsWith(
            "orders.yml:4:21: error: \"h.ics\": line 2: BEGIN:VEVENT has no END:VEVENT; something cut");
  }

  @ParameterizedTest
  @CsvSource({
    "DTSTART;VALUE=DATE:20270326~STATUS:CANCELLED, has no event that counts: holidays",
    "DTSTART;VALUE=DATE:20200326, ends on 2020-03-26: later holidays",
    "DTSTART;VALUE=DATE:20200326~RRULE:FREQ=YEARLY;COUNT=2, ends on 2021-03-26: later holidays"
  })
  void aFileWhoseEventsAreCancelledOrOverIsAWarning(String event, String warning)
      throws IOException {
    Files.writeString(
        directory.resolve("h.ics"),
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n%s\nEND:VEVENT\nEND:VCALENDAR\n"
            .formatted(event.replace("~", "\n")));
    load("h.ics");
    assertThat(warnings)
        .extracting(Problem::message)
        .containsExactly(
            "\"h.ics\" " + warning + " are not in it and count as other days; add them");
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    Files.createDirectory(directory.resolve("folder.ics"));
    assertThat(error("folder.ics"))
        .contains("4:21: error: \"folder.ics\" is no regular file; name one");
    assumeThat(Path.of("/dev/zero")).exists();
    assertThat(error("/dev/zero")).contains("4:21: error: \"/dev/zero\" is no regular file");
  }
}
