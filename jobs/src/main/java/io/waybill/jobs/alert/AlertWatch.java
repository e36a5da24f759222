package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Kind;
import io.waybill.jobs.JobDefinition;
import io.waybill.scheduler.store.Lease;
import io.waybill.scheduler.store.Leases;
import io.waybill.scheduler.store.RunTables;
import io.waybill.scheduler.store.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises what no run's end raises: reminders, deadlines that pass, sources that are silent. One
 * process of those that share a store does it, and each transaction is fenced by its lease.
 */
final class AlertWatch {
  private static final Logger LOG = LoggerFactory.getLogger(AlertWatch.class);
  private static final Duration KEEP = Duration.ofDays(90);
  private static final int KEPT = 10_000;
  private static final Duration PRUNED_EACH = Duration.ofHours(1);

  private final Alerts alerts;
  private final RunTables tables;
  private final Leases leases;
  private final QuietSources sources;
  private final Map<String, Looked> looked = new HashMap<>();
  private Instant prunedAt = Instant.MIN;

  AlertWatch(Alerts alerts, RunTables tables, Leases leases, QuietSources sources) {
    this.alerts = alerts;
    this.tables = tables;
    this.leases = leases;
    this.sources = sources;
  }

  /**
   * When something is to be looked at again.
   *
   * @param job as it was then: another file has it looked at again
   */
  private record Looked(JobDefinition job, boolean isHalted, Optional<Instant> next) {
    @SuppressWarnings("ReferenceEquality") // each reading of the file makes others
    boolean isOf(JobDefinition now, boolean halted) {
      return job == now && isHalted == halted;
    }
  }

  /**
   * Looks at everything once.
   *
   * @param jobs that the file has
   * @param isHalted whether a job is paused or disabled
   */
  synchronized void look(Lease lease, List<JobDefinition> jobs, Predicate<JobDefinition> isHalted) {
    Instant now = alerts.now();
    forgetOthers(lease, jobs);
    Map<String, JobDefinition> byName = new HashMap<>();
    jobs.forEach(job -> byName.put(job.name(), job));
    for (String failing : tables.reading(connection -> new AlertStates(connection).failing())) {
      JobDefinition job = byName.get(failing);
      if (job != null) {
        fenced(lease, "reminding of " + failing, connection -> remind(connection, job, now));
      }
    }
    for (JobDefinition job : jobs) {
      for (SilenceLook each : SilenceLook.of(job, sources)) {
        look(lease, each, isHalted.test(job), now);
      }
    }
    if (prunedAt.equals(Instant.MIN) || !now.isBefore(prunedAt.plus(PRUNED_EACH))) {
      prunedAt = now;
      int pruned =
          fenced(
              lease,
              "forgetting alerts",
              connection -> new AlertRows(connection).prune(now.minus(KEEP), KEPT));
      if (pruned > 0) {
        LOG.info("event=alerts-pruned alerts={}", pruned);
      }
    }
  }

  private void look(Lease lease, SilenceLook look, boolean isHalted, Instant now) {
    String key = look.job().name() + "/" + look.kind();
    Looked before = looked.get(key);
    if (before != null
        && before.isOf(look.job(), isHalted)
        && before.next().filter(next -> !now.isBefore(next)).isEmpty()) {
      return;
    }
    Optional<Instant> next =
        fenced(
            lease,
            "looking at " + look.kind() + " of " + look.job().name(),
            connection -> look.in(connection, alerts, isHalted, now));
    looked.put(key, new Looked(look.job(), isHalted, next));
  }

  // what the file has no more is over, and begins anew if it comes back
  private void forgetOthers(Lease lease, List<JobDefinition> jobs) {
    Map<String, List<String>> wanted = new HashMap<>();
    for (JobDefinition job : jobs) {
      wanted.put(job.name(), kinds(job));
    }
    List<AlertStates.Key> gone =
        tables.reading(connection -> new AlertStates(connection).keys()).stream()
            .filter(row -> !wanted.getOrDefault(row.job(), List.of()).contains(row.kind()))
            .toList();
    if (!gone.isEmpty()) {
      fenced(
          lease,
          "forgetting troubles of jobs that are gone",
          connection -> {
            AlertStates states = new AlertStates(connection);
            for (AlertStates.Key row : gone) {
              states.forget(row);
            }
            return gone.size();
          });
    }
    looked.keySet().removeIf(key -> !wanted.containsKey(key.substring(0, key.lastIndexOf('/'))));
  }

  private List<String> kinds(JobDefinition job) {
    List<String> kinds =
        new ArrayList<>(SilenceLook.of(job, sources).stream().map(SilenceLook::kind).toList());
    if (!job.notifyPolicy().failure().to().isEmpty()) {
      kinds.add(AlertStates.FAILURE);
    }
    return kinds;
  }

  private Boolean remind(Connection connection, JobDefinition job, Instant now)
      throws SQLException {
    AlertStates states = new AlertStates(connection);
    FailureState before = states.failures(job.name());
    FailureRules.Step step = new FailureRules(job.notifyPolicy().failure()).ticked(before, now);
    if (step.tell().isEmpty()) {
      return false;
    }
    states.write(job.name(), step.state(), now);
    AlertWords words = new AlertWords(job);
    Kind kind = step.tell().get();
    alerts.raise(
        connection,
        kind,
        new Alert.About(job.name(), Optional.empty()),
        kind == Kind.STEADY ? words.steady(step.state()) : words.reminder(step.state()),
        job.notifyPolicy().failure().to());
    return true;
  }

  private <T> T fenced(Lease lease, String doing, SqlWork<T> work) {
    return tables.writing(
        doing,
        connection -> {
          leases.require(connection, lease);
          return work.with(connection);
        });
  }
}
