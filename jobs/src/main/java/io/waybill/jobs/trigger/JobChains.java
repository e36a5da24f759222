package io.waybill.jobs.trigger;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.Trigger.Outcome;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunFollower;
import io.waybill.scheduler.store.RunTables;
import java.sql.Connection;
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
  public void ended(Connection connection, Run run) {
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
      if (job.enabled()
          && job.triggers().stream().anyMatch(each -> isFor(each, run, outcome.get()))) {
        Run next =
            runs.enqueue(
                connection, job.name(), TriggerKind.EVENT, clock.instant(), payload(now, run));
        LOG.info("event=job-follows job={} run={} after={}", job.name(), next.id(), run.id());
        recorded.add(next.id());
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
    return Json.write(Map.of("trigger", Map.of("job", run.job(), "run", of)));
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
