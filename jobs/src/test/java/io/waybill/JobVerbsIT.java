package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill jobs}, {@code next}, {@code pause} and {@code resume}, with a daemon or not. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // written before each test
class JobVerbsIT {
  private static final String NIGHTLY = "schedule: { cron: \"30 2 * * *\" }";

  @TempDir Path directory;
  private StateDirectory state;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    state = StateDirectory.at(directory.resolve("state"));
    Files.createDirectories(directory.resolve("in"));
    Files.writeString(directory.resolve("in/a.csv"), "a");
    file = directory.resolve("waybill.yml");
    write(NIGHTLY);
  }

  private void write(String schedule) throws IOException {
    Files.writeString(
        file,
        """
        version: 1
        timezone: Europe/Paris
        jobs:
          nightly:
            description: At night
            %s
            steps: { copy: { from: %2$s/in/, to: %2$s/out/ } }
          off:
            enabled: false
            schedule: { every: 1h }
            steps: { copy: { from: %2$s/in/, to: %2$s/out/ } }
          by-hand:
            steps: { copy: { from: %2$s/in/, to: %2$s/out/ } }
        """
            .formatted(schedule, directory));
  }

  private Daemon daemon() throws IOException {
    Configuration configuration = JobFiles.load(file);
    return Daemon.start(
        configuration, Waybill.builder(configuration).state(state), state.daemonFile());
  }

  @Test
  void jobsAreListedAsTheyStandWithOrWithoutADaemon() throws IOException {
    CommandLineRun before = waybill("jobs", "-c", file.toString());
    assertThat(before.code()).as(before.err()).isZero();
    assertThat(before.out().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("nightly  enabled   next ")
                    .contains(" 02:30 +0")
                    .contains("  last -  ")
                    .endsWith("  At 02:30 every day (Europe/Paris)"),
            line ->
                assertThat(line)
                    .startsWith("off      disabled  next -")
                    .endsWith("Every hour, counted from local midnight (Europe/Paris)"),
            line -> assertThat(line).startsWith("by-hand  enabled   next -").endsWith("on demand"));
    assertThat(before.err())
        .isEqualTo("waybill: no daemon lives; until one is started no job is fired\n");
    assertThat(waybill("run", "nightly", "-c", file.toString()).code()).isZero();

    try (Daemon daemon = daemon()) {
      assertThat(daemon.waybill().liveRuns()).isEmpty();
      CommandLineRun listed = waybill("jobs", "-o", "json");
      assertThat(listed.err()).isEmpty();
      Map<String, Object> form = Json.readObject(listed.out());
      assertThat(form).containsEntry("schema", "waybill.jobs/1");
      Map<String, Object> nightly = Plain.maps(form, "jobs").get(0);
      assertThat(nightly)
          .containsEntry("name", "nightly")
          .containsEntry("description", "At night")
          .containsEntry("state", "enabled")
          .containsEntry("schedule", List.of("At 02:30 every day"))
          .containsKey("next-firing");
      assertThat(Plain.map(nightly, "last-run")).containsEntry("state", "succeeded");
      assertThat(waybill("jobs").out()).contains("  last succeeded ");
    }
    assertThat(waybill("jobs").out().lines()) // no file: what the store holds
        .extracting(line -> line.replaceFirst(" .*", ""))
        .containsExactly("by-hand", "nightly", "off");
  }

  @Test
  void aPausedJobStaysPausedOverRestartsAndAChangedFileUntilItIsResumed() throws IOException {
    CommandLineRun paused = waybill("pause", "nightly", "-c", file.toString());
    assertThat(paused.code()).as(paused.err()).isZero();
    assertThat(paused.out()).startsWith("nightly  paused  next -");
    try (Daemon daemon = daemon()) {
      assertThat(waybill("jobs").out()).startsWith("nightly  paused    next -");
      assertThat(daemon.waybill().nextFiring("nightly")).isEmpty();
      assertThat(waybill("next").out())
          .isEqualTo("nothing is going to fire\npaused: nightly\ndisabled: off\n");
    }
    write("schedule: { every: 1s }");
    try (Daemon daemon = daemon()) {
      assertThat(daemon.waybill().nextFiring("nightly")).isEmpty();
      CommandLineRun both = waybill("resume", "nosuch", "nightly", "-o", "json");
      assertThat(both.code()).isEqualTo(3);
      assertThat(both.err())
          .isEqualTo("waybill: there is no job \"nosuch\"; there are: [nightly, off, by-hand]\n");
      assertThat(Plain.maps(Json.readObject(both.out()), "jobs"))
          .extracting(job -> job.get("name") + " " + job.get("state"))
          .containsExactly("nightly enabled");
      assertThat(daemon.waybill().nextFiring("nightly")).isPresent();
    }
    CommandLineRun twice = waybill("pause", "off", "off", "-c", file.toString());
    assertThat(twice.out())
        .as("which has a schedule, and is fired by nothing")
        .startsWith("off  paused  next -  last -  Every hour, counted")
        .endsWith("(Europe/Paris); disabled\n")
        .hasLineCount(1);
    assertThat(waybill("audit").out().lines())
        .filteredOn(line -> line.contains("pause off"))
        .as("each job once")
        .hasSize(1);
    assertThat(waybill("pause", "by-hand", "off").out()) // what has no schedule, too
        .isEqualTo(waybill("pause", "by-hand", "off").out())
        .contains("by-hand  paused")
        .contains("off      paused");
    assertThat(waybill("pause", "nosuch").code()).isEqualTo(3);
  }

  @Test
  void nextSaysWhereFileAndDaemonDiffer() throws IOException {
    try (Daemon daemon = daemon()) {
      assertThat(daemon.waybill().liveRuns()).isEmpty();
      CommandLineRun same = waybill("next", "-n", "2", "-c", file.toString());
      assertThat(same.code()).as(same.err()).isZero();
      assertThat(same.err()).isEmpty();
      assertThat(same.out()).contains("  Europe/Paris  nightly  At 02:30 every day\n");

      write("schedule: { cron: \"30 3 * * *\" }");
      Files.writeString(
          file, Files.readString(file).replace("  off:", "  other:").replace("by-hand", "by-foot"));
      CommandLineRun other = waybill("next", "-c", file.toString(), "-o", "json");

      assertThat(other.code()).as(other.err()).isZero();
      Map<String, Object> form = Json.readObject(other.out());
      assertThat(form).containsEntry("source", "daemon");
      assertThat(form.get("differences"))
          .isEqualTo(
              List.of(
                  "job \"nightly\" is scheduled otherwise in the file; the daemon reads it when it"
                      + " starts",
                  "the daemon has a job \"off\", and the file has none",
                  "the daemon has a job \"by-hand\", and the file has none",
                  "the file has a job \"other\", and the daemon none; it reads the file when it"
                      + " starts",
                  "the file has a job \"by-foot\", and the daemon none; it reads the file when it"
                      + " starts"));
      assertThat(Plain.maps(form, "next").get(0))
          .containsEntry("schedule", List.of("At 02:30 every day"));
      assertThat(waybill("next", "nightly", "-c", file.toString()).err())
          .startsWith("waybill: warning: job \"nightly\" is scheduled otherwise")
          .hasLineCount(1);
      assertThat(waybill("next", "nosuch").code()).isEqualTo(3);
    }
  }

  private CommandLineRun waybill(String... arguments) {
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", state.path().toString(), "HOME", directory.toString()), arguments);
  }
}
