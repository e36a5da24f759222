package io.waybill.jobs.trigger;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.Trigger.Outcome;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunFollower;
import io.waybill.scheduler.store.RunTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts jobs by the ends of others: their runs are recorded in the transaction that ends the run
 * that they follow, once for each such end. A run that a process ran by itself starts nothing.
 */
public final class JobChains implements RunFollower {
  private static final Logger LOG = LoggerFactory.getLogger(JobChains.class);

  private final Supplier<Configuration> configuration;
  private final InstantSource clock;
  private final Queue<String> recorded = new ConcurrentLinkedQueue<>();
  private volatile @Nullable RunTables tables;

  /**
   * Prepares.
   *
   * @param configuration asked at each end for the jobs that it starts
   */
  public JobChains(Supplier<Configuration> configuration, InstantSource clock) {
    this.configuration = configuration;
    this.clock = clock;
  }

  /** Sets where runs are recorded; until then no end starts anything. */
  public void recordIn(RunTables runs) {
    tables = runs;
  }

  @Override
  public void ended(Connection connection, Run run) throws SQLException {
    Optional<Outcome> outcome = outcome(run.state());
    RunTables runs = tables;
    if (runs == null
        || outcome.isEmpty()
        || run.kind() == TriggerKind.LOCAL
        || run.kind() == TriggerKind.SHARD) {
      return;
    }
    Configuration now = configuration.get();
    for (JobDefinition job : now.jobs()) {
      boolean isFor = job.triggers().stream().anyMatch(each -> isFor(each, run, outcome.get()));
      if (job.enabled() && isFor && !isSkipped(connection, job, run)) {
        Run next =
            runs.enqueue(
                connection, job.name(), TriggerKind.EVENT, clock.instant(), payload(now, run));
        LOG.info("event=job-follows job={} run={} after={}", job.name(), next.id(), run.id());
        recorded.add(next.id());
      }
    }
  }

  // one run for it that waits is as good as many, where runs that overlap are not wanted
  private static boolean isSkipped(Connection connection, JobDefinition job, Run run)
      throws SQLException {
    if (job.overlap() != OverlapPolicy.SKIP) {
      return false;
    }
    String start = Json.write(Map.of("trigger", Map.of("job", run.job()))).replace("}}", "");
    try (PreparedStatement query =
        connection.prepareStatement(
            "select count(*) from wb_run where job = ? and state = 'QUEUED' and kind = 'EVENT'"
                + " and substring(payload, 1, ?) = ?")) {
      query.setString(1, job.name());
      query.setInt(2, start.length());
      query.setString(3, start);
      try (ResultSet row = query.executeQuery()) {
        boolean isSkipped = row.next() && row.getInt(1) > 0;
        if (isSkipped) {
          LOG.info("event=job-waits-already job={} after={}", job.name(), run.id());
        }
        return isSkipped;
      }
    }
  }

  private static boolean isFor(Trigger trigger, Run run, Outcome outcome) {
    return trigger instanceof Trigger.JobEnds ends
        && ends.job().equals(run.job())
        && ends.when().contains(outcome);
  }

  private static Optional<Outcome> outcome(RunState state) {
    return switch (state) {
      case SUCCEEDED -> Optional.of(Outcome.SUCCESS);
      case PARTIAL -> Optional.of(Outcome.PARTIAL);
      case FAILED, TIMED_OUT, UNKNOWN -> Optional.of(Outcome.FAILURE);
      default -> Optional.empty();
    };
  }

  private static String payload(Configuration configuration, Run run) {
    ZoneId zone =
        configuration.job(run.job()).map(JobDefinition::zone).orElseGet(() -> ZoneId.of("UTC"));
    Map<String, Object> of = new LinkedHashMap<>();
    of.put("id", run.id());
    of.put("state", Plain.word(run.state()));
    of.put("scheduled-date", run.scheduledAt().atZone(zone).toLocalDate().toString());
    of.put("date", run.startedAt().orElse(run.scheduledAt()).atZone(zone).toLocalDate().toString());
    of.put("summary", run.message());
    Map<String, Object> trigger = new LinkedHashMap<>();
    trigger.put("job", run.job()); // first, as it is looked for
    trigger.put("run", of);
    return Json.write(Map.of("trigger", trigger));
  }

  /** A run that goes on starts nothing before it ends again. */
  @Override
  public void goesOn(Connection connection, Run run) {}

  /** Has the runs begin that were recorded since this was asked last. */
  public void wake(Consumer<String> runs) {
    for (String id = recorded.poll(); id != null; id = recorded.poll()) {
      runs.accept(id);
    }
  }
}
