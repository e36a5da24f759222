package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill next} from the file alone. */
@SuppressWarnings("NullAway.Init") // written before each test
class NextVerbTest {
  private static final String NO_DAEMON =
      "waybill: no daemon lives; this is what the file says, without what may be paused\n";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: Europe/Paris
            calendars:
              open: { weekdays: [mon, tue, wed, thu, fri] }
            jobs:
              nightly:
                schedule: { cron: "30 2 * * *" }
                steps: { copy: { from: /a/, to: /b/ } }
              statements:
                timezone: America/New_York
                schedule: { cron: "0 9 28 * *", calendar: open, on-excluded: next-day, jitter: 5m }
                steps: { copy: { from: /a/, to: /b/ } }
              off:
                enabled: false
                schedule: { every: 1h }
                steps: { copy: { from: /a/, to: /b/ } }
              by-hand:
                steps: { copy: { from: /a/, to: /b/ } }
            """);
  }

  @Test
  void theNextFiringsOfAllJobsComeInOrderWithClockChangesAndMarks() {
    CommandLineRun run = next("-n", "5", "--after", "2027-03-26T12:00Z");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEqualTo(NO_DAEMON);
    assertThat(run.out())
        .isEqualTo(
            """
            Sat 2027-03-27 02:30 +01:00  Europe/Paris      nightly     At 02:30 every day
            2027-03-28: clocks go forward from 02:00 to 03:00 in Europe/Paris
            Sun 2027-03-28 03:00 +02:00  Europe/Paris      nightly     At 02:30 every day  [clock change: for 02:30, which is skipped; this is the end of the gap]
            Mon 2027-03-29 02:30 +02:00  Europe/Paris      nightly     At 02:30 every day
            Mon 2027-03-29 09:04:32 -04:00  America/New_York  statements  At 09:00 on day 28 of every month; what is not on a day of open moves to the next one  [jitter: 4 minutes and 32 seconds later] [calendar open: moved from 2027-03-28]
            Tue 2027-03-30 02:30 +02:00  Europe/Paris      nightly     At 02:30 every day
            disabled: off
            """);
  }

  @Test
  void oneJobIsToldFiveTimesAndAllOfItInJson() {
    CommandLineRun run = next("nightly", "--after", "2027-10-30T12:00Z", "-o", "json");

    assertThat(run.code()).as(run.err()).isZero();
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(form).containsEntry("schema", "waybill.next/1").containsEntry("source", "file");
    List<Map<String, Object>> next = Plain.maps(form, "next");
    assertThat(next).hasSize(5);
    assertThat(next.get(0))
        .isEqualTo(
            Map.of(
                "at", "2027-10-31T00:30:00Z",
                "job", "nightly",
                "zone", "Europe/Paris",
                "local", "2027-10-31T02:30+02:00",
                "schedule", List.of("At 02:30 every day"),
                "marks", List.of("clock change: the first of two times that clocks show this")));
    assertThat(Plain.maps(form, "changes"))
        .containsExactly(
            Map.of(
                "at", "2027-10-31T01:00:00Z",
                "zone", "Europe/Paris",
                "before", "2027-10-31T03:00",
                "after", "2027-10-31T02:00",
                "words", "clocks go back from 03:00 to 02:00"));
    assertThat(Plain.maps(form, "jobs"))
        .singleElement()
        .satisfies(
            job ->
                assertThat(job)
                    .containsEntry("name", "nightly")
                    .containsEntry("state", "enabled")
                    .containsKey("next-firing"));
  }

  @Test
  void whatDoesNotFireIsSaid() {
    assertThat(next("off").out()).isEqualTo("nothing is going to fire\ndisabled: off\n");
    assertThat(next("by-hand").out()).isEqualTo("nothing is going to fire\n");
  }

  @Test
  void refusesWrongOptionsAndUnknownJobs() {
    assertThat(next("-n", "0").err()).isEqualTo("waybill: -n is 1 to 1000, this is 0\n");
    assertThat(next("-n", "1001").code()).isEqualTo(2);
    assertThat(next("--after", "tomorrow").err()).startsWith("waybill: --after is no moment");
    CommandLineRun unknown = next("nigthly");
    assertThat(unknown.code()).isEqualTo(3);
    assertThat(unknown.err())
        .isEqualTo(
            "waybill: there is no job \"nigthly\"; there are: [nightly, statements, off, by-hand]\n");
    assertThat(directory.resolve("state")).doesNotExist();
  }

  private CommandLineRun next(String... arguments) {
    String[] line = new String[arguments.length + 3];
    line[0] = "next";
    line[1] = "-c";
    line[2] = file.toString();
    System.arraycopy(arguments, 0, line, 3, arguments.length);
    return CommandLineRun.of(Map.of("WAYBILL_STATE", directory.resolve("state").toString()), line);
  }
}
