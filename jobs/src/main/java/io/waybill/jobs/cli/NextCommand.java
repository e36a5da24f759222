package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.AgendaForm;
import io.waybill.jobs.json.JobForm;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.time.Timetable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill next [JOB]}: from the daemon if one lives, else from the file alone. */
@Command(
    name = "next",
    description =
        "Lists when jobs fire next, by which of their schedules, with what moves them there and the clock changes among them. A daemon that lives is asked for what it really holds, and where the file says something else that is named; without one the file alone is read.")
final class NextCommand extends Verb {
  private static final int OF_ALL = 10;
  private static final int OF_ONE = 5;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "JOB",
      description = "Only this job; else all of them.")
  private @Nullable String job;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      description = "How many firings. Default: 10, 5 of one job.")
  private @Nullable Integer count;

  @Option(
      names = "--after",
      paramLabel = "MOMENT",
      description = "Only firings after this one: 2027-03-01T00:00Z. Default: now.")
  private @Nullable String after;

  @Override
  ExitCode execute() throws InterruptedException {
    int most = count == null ? job == null ? OF_ALL : OF_ONE : count;
    if (most < 1 || most > AgendaForm.MOST) {
      throw new JobException.Configuration("-n is 1 to " + AgendaForm.MOST + ", this is " + most);
    }
    Instant now = Instant.now();
    Instant start = after == null ? now : Moments.parse("--after", after);
    Optional<ControlClient> daemon = daemon();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("source", daemon.isPresent() ? "daemon" : "file");
    form.putAll(
        daemon.isPresent()
            ? ofDaemon(daemon.get().next(Optional.ofNullable(job), start, most))
            : ofFile(now, start, most));
    output()
        .result(
            AgendaForm.SCHEMA,
            form,
            out -> {
              texts(form, "differences")
                  .forEach(difference -> output().note("waybill: warning: " + difference));
              AgendaPrinter.print(form, out);
            });
    if (daemon.isEmpty()) {
      output()
          .note("waybill: no daemon lives; this is what the file says, without what may be paused");
    }
    return ExitCode.OK;
  }

  private Map<String, Object> ofFile(Instant now, Instant start, int most) {
    Configuration configuration = configuration();
    List<JobStatus> statuses =
        wanted(configuration).stream().map(each -> status(each, now)).toList();
    Map<String, Object> form = new LinkedHashMap<>(AgendaForm.of(statuses, start, most));
    form.put("jobs", forms(configuration, statuses));
    form.put("differences", List.of());
    return form;
  }

  private List<JobDefinition> wanted(Configuration configuration) {
    if (job == null) {
      return configuration.jobs();
    }
    return List.of(
        configuration
            .job(job)
            .orElseThrow(
                () ->
                    new JobException.NotFound(
                        "there is no job \""
                            + job
                            + "\"; there are: "
                            + configuration.jobs().stream().map(JobDefinition::name).toList())));
  }

  private static JobStatus status(JobDefinition definition, Instant now) {
    ScheduledJob job = definition.scheduled();
    return new JobStatus(
        job,
        definition.enabled() ? JobState.ENABLED : JobState.DISABLED,
        Timetable.of(job).next(now),
        Optional.empty());
  }

  private static List<Map<String, Object>> forms(
      Configuration configuration, List<JobStatus> statuses) {
    return statuses.stream()
        .map(status -> JobForm.of(status, configuration.job(status.job().name())))
        .toList();
  }

  private Map<String, Object> ofDaemon(Map<String, Object> answer) {
    Map<String, Object> form = new LinkedHashMap<>(answer);
    List<String> differences = new ArrayList<>(texts(answer, "differences"));
    differences.addAll(fileDifferences(Plain.maps(answer, "jobs")));
    form.put("differences", differences);
    return form;
  }

  /** Names what the file, if there is one, says otherwise than the daemon that has read it once. */
  private List<String> fileDifferences(List<Map<String, Object>> held) {
    Configuration configuration = configurationIfAny();
    if (configuration.jobs().isEmpty()) {
      return List.of();
    }
    Instant now = Instant.now();
    Map<String, Object> written = new LinkedHashMap<>();
    for (Map<String, Object> each :
        forms(
            configuration, configuration.jobs().stream().map(each -> status(each, now)).toList())) {
      if (job == null || job.equals(each.get("name"))) {
        written.put(Plain.text(each, "name"), each.get("schedule-digest"));
      }
    }
    List<String> differences = new ArrayList<>();
    for (Map<String, Object> each : held) {
      String name = Plain.text(each, "name");
      Object digest = written.remove(name);
      if (digest == null) {
        differences.add("the daemon has a job \"" + name + "\", and the file has none");
      } else if (!digest.equals(each.get("schedule-digest"))) {
        differences.add(
            "job \""
                + name
                + "\" is scheduled otherwise in the file; the daemon reads it when it starts");
      }
    }
    written
        .keySet()
        .forEach(
            name ->
                differences.add(
                    "the file has a job \""
                        + name
                        + "\", and the daemon none; it reads the file when it starts"));
    return differences;
  }

  private static List<String> texts(Map<String, Object> form, String key) {
    return form.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }
}
