package io.waybill.jobs.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.JobFiles;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.jobs.config.JobFileContents;
import io.waybill.jobs.daemon.JobFilePlan.Change;
import io.waybill.jobs.daemon.JobFilePlan.Kind;
import io.waybill.jobs.json.DefinitionForm;
import io.waybill.jobs.json.Json;
import io.waybill.scheduler.time.Timetable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a file that differs from the one that counts. */
class JobFilePlanTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String FILE =
      """
      version: 1
      timezone: UTC
      daemon: { threads: 5, audit: { keep: 30d } }
      vars: { dir: /srv }
      calendars:
        days: { exclude: [12-25] }
      defaults: { timeout: 1h }
      jobs:
        nightly:
          schedule: { cron: "0 2 * * *" }
          steps: { list: { from: /a/ } }
        daily:
          schedule: { daily: "04:00", calendar: days }
          timeout: 5m
          steps: { list: { from: /b/ } }
      """;

  @TempDir Path directory;

  @Test
  void theSameFileChangesNothingHoweverItIsWritten() throws IOException {
    JobFilePlan plan =
        plan(FILE.replace("{ cron: \"0 2 * * *\" }", "\n      # at two\n      cron: '0 2 * * *'"));

    assertThat(plan.isChange()).isFalse();
    assertThat(plan.jobs()).extracting(Change::kind).containsOnly(Kind.UNCHANGED);
  }

  @Test
  void aChangedScheduleIsToldWithItsKeyAndBothFirings() throws IOException {
    assertThat(change(FILE.replace("0 2 * * *", "30 5 * * *"), "nightly"))
        .isEqualTo(
            new Change(
                "nightly",
                Kind.CHANGED,
                List.of("schedule.cron"),
                Optional.of("2026-03-02T02:00:00Z"),
                Optional.of("2026-03-02T05:30:00Z")));
  }

  @Test
  void aJobWhoseStepsChangeFiresAsBefore() throws IOException {
    Change change = change(FILE.replace("from: /a/", "from: /c/"), "nightly");

    assertThat(change.keys()).containsExactly("steps.list.from");
    assertThat(change.after()).isEqualTo(change.before()).isPresent();
  }

  @Test
  void newAndRemovedJobsAreTold() throws IOException {
    JobFilePlan plan = plan(FILE.replace("nightly:", "weekly:"));

    assertThat(plan.jobs())
        .extracting(each -> each.kind() + " " + each.job())
        .containsExactly("NEW weekly", "UNCHANGED daily", "REMOVED nightly");
  }

  @Test
  void defaultsChangeEveryJobAndACalendarThoseThatUseIt() throws IOException {
    assertThat(plan(FILE.replace("timeout: 1h", "timeout: 2h")).jobs())
        .allSatisfy(each -> assertThat(each.keys()).containsExactly("defaults.timeout"));
    JobFilePlan plan = plan(FILE.replace("12-25", "12-24"));
    assertThat(plan.jobs())
        .extracting(each -> each.kind() + " " + each.job() + " " + each.keys())
        .containsExactly("UNCHANGED nightly []", "CHANGED daily [calendars.days.exclude[0]]");
  }

  @Test
  void whatNeedsARestartIsKeptApartFromWhatCountsAtOnce() throws IOException {
    JobFilePlan plan =
        plan(
            FILE.replace("threads: 5", "threads: 6")
                .replace("keep: 30d", "keep: 31d")
                .replace("dir: /srv", "dir: /var"));

    assertThat(plan.isChange()).isTrue();
    assertThat(plan.restart()).containsExactly("daemon.threads");
    assertThat(plan.others()).containsExactly("daemon.audit.keep", "vars.dir");
  }

  @Test
  void aPausedJobStaysSo() throws IOException {
    Map<String, Object> running = running(JobState.PAUSED);
    JobFileContents next = read(FILE.replace("0 2 * * *", "30 5 * * *"));

    assertThat(JobFilePlan.of(running, next, NOW).jobs().get(0).after()).isEmpty();
  }

  @Test
  void withoutADaemonTheKeysAreNotKnownAndTheJobsAre() throws IOException {
    Map<String, Object> stored = running(JobState.ENABLED);
    stored.remove("outline");

    JobFilePlan plan = JobFilePlan.of(stored, read(FILE.replace("from: /a/", "from: /c/")), NOW);

    assertThat(plan.isByKeys()).isFalse();
    assertThat(plan.jobs())
        .extracting(each -> each.kind() + " " + each.job() + " " + each.keys())
        .containsExactly("CHANGED nightly []", "UNCHANGED daily []");
  }

  private Change change(String text, String job) throws IOException {
    return plan(text).jobs().stream()
        .filter(each -> each.job().equals(job))
        .findFirst()
        .orElseThrow();
  }

  private JobFilePlan plan(String text) throws IOException {
    return JobFilePlan.of(running(JobState.ENABLED), read(text), NOW);
  }

  private JobFileContents read(String text) throws IOException {
    return JobFiles.read(
        List.of(Files.writeString(directory.resolve("waybill.yml"), text)), Map.of());
  }

  /** What a daemon with the file answers, as it comes out of JSON. */
  private Map<String, Object> running(JobState state) throws IOException {
    JobFileContents contents = read(FILE);
    return Json.readObject(
        Json.write(
            Map.of(
                "outline",
                Map.of("jobs", contents.outline().jobs(), "others", contents.outline().others()),
                "jobs",
                contents.configuration().jobs().stream().map(job -> form(job, state)).toList())));
  }

  private static Map<String, Object> form(JobDefinition job, JobState state) {
    return DefinitionForm.of(
        new JobStatus(
            job.scheduled(), state, Timetable.of(job.scheduled()).next(NOW), Optional.empty()),
        Optional.of(job));
  }
}
