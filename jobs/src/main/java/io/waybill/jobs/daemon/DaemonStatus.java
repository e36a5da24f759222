package io.waybill.jobs.daemon;

import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.jobs.alert.AlertService;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.DefinitionForm;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.web.DaemonView;
import io.waybill.mail.outbox.OutboxLoad;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells how a daemon stands. */
final class DaemonStatus implements DaemonView {
  private static final int MOST_UNKNOWN = 1_000;

  private final Waybill waybill;
  private final Optional<JobFileReload> reload;
  private final String version;
  private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  DaemonStatus(Waybill waybill, Optional<JobFileReload> reload, String version) {
    this.waybill = waybill;
    this.reload = reload;
    this.version = version;
  }

  @Override
  public Map<String, Object> status() {
    long unknown = waybill.outbox().list(Set.of(OutboxState.UNKNOWN), MOST_UNKNOWN).size();
    AlertService.Load alerts = waybill.alerts().load();
    List<String> degraded = degraded(unknown, alerts.failed());
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("alive", true);
    form.put("health", degraded.isEmpty() ? "ok" : "degraded");
    form.put("degraded", degraded);
    form.put("version", version);
    form.put("pid", ProcessHandle.current().pid());
    form.put("started-at", startedAt.toString());
    form.put("node", waybill.owner().node());
    form.put("state", waybill.stateDirectory().toAbsolutePath().toString());
    form.put("store", store(waybill.configuration().daemon().store()));
    reload.map(JobFileReload::state).ifPresent(files -> putFiles(form, files));
    form.put("jobs", jobs(waybill.jobs()));
    form.put("runs", runs(waybill.unfinished()));
    OutboxLoad load = waybill.outbox().load();
    form.put(
        "outbox", Map.of("waiting", load.entries(), "bytes", load.bytes(), "unknown", unknown));
    form.put("alerts", alerts(alerts));
    return form;
  }

  private Map<String, Object> alerts(AlertService.Load load) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("troubles", waybill.alerts().troubles().stream().map(AlertForm::of).toList());
    form.put("waiting", load.waiting());
    form.put("failed", load.failed());
    return form;
  }

  private List<String> degraded(long unknown, long untold) {
    List<String> words = new ArrayList<>();
    reload
        .map(files -> files.state().last())
        .filter(last -> !last.isWell())
        .ifPresent(last -> words.add(words(last)));
    if (!waybill.hasNewestJobs()) {
      words.add(
          "another live daemon of this store has a newer set of jobs, which counts: give this one the same file");
    }
    if (unknown > 0) {
      words.add(
          "of %d messages nobody knows whether they were accepted: \"waybill outbox list\" names them"
              .formatted(unknown));
    }
    if (untold > 0) {
      words.add(
          "%d alerts were given up within a day: \"waybill alerts\" names them and what kept them"
              .formatted(untold));
    }
    return words;
  }

  private static String words(ReloadState.Reading last) {
    return last.outcome() == ReloadState.Outcome.REFUSED
        ? "the job files have %s since %s, and are not taken: what was read before goes on"
            .formatted(
                last.problems().size() == 1
                    ? "a mistake"
                    : last.problems().size() + " mistakes and risks",
                last.since())
        : "the job files cannot be taken since %s: %s"
            .formatted(last.since(), last.problems().get(0).get("message"));
  }

  private static String store(Configuration.Store store) {
    return store instanceof Configuration.Jdbc jdbc ? jdbc.url() : "h2";
  }

  private static void putFiles(Map<String, Object> form, ReloadState state) {
    List<Object> files = new ArrayList<>();
    state.files().forEach((file, digest) -> files.add(Map.of("file", file, "digest", digest)));
    form.put("files", files);
    form.put("reload", state.form());
    form.put("restart-needed", state.restart());
  }

  private static Map<String, Object> jobs(List<JobStatus> jobs) {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("all", (long) jobs.size());
    for (JobState state : JobState.values()) {
      counts.put(Plain.word(state), jobs.stream().filter(job -> job.state() == state).count());
    }
    return counts;
  }

  private static Map<String, Object> runs(List<Run> unfinished) {
    Map<String, Object> runs = new LinkedHashMap<>();
    runs.put(
        "live", unfinished.stream().filter(DaemonStatus::isLive).map(DaemonStatus::run).toList());
    runs.put("queued", unfinished.stream().filter(r -> r.state() == RunState.QUEUED).count());
    runs.put(
        "retrying",
        unfinished.stream().filter(r -> r.state() == RunState.RETRYING && !isLive(r)).count());
    return runs;
  }

  private static boolean isLive(Run run) {
    return run.state() == RunState.RUNNING
        || (run.state() == RunState.RETRYING && run.dueAt().isEmpty());
  }

  private static Map<String, Object> run(Run run) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("id", run.id());
    form.put("job", run.job());
    run.startedAt().ifPresent(at -> form.put("started-at", at.toString()));
    run.owner().ifPresent(owner -> form.put("node", owner.node()));
    return form;
  }

  @Override
  public Map<String, Object> definitions() {
    Map<String, Object> form = new LinkedHashMap<>();
    reload
        .map(files -> files.state().outline())
        .ifPresent(
            outline -> {
              form.put("outline", Map.of("jobs", outline.jobs(), "others", outline.others()));
            });
    form.put(
        "jobs",
        waybill.jobs().stream()
            .map(
                status ->
                    DefinitionForm.of(status, waybill.configuration().job(status.job().name())))
            .toList());
    return form;
  }
}
