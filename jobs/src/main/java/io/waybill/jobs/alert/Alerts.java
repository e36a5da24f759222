package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Kind;
import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.NotifyPolicy;
import io.waybill.jobs.alert.FailureRules.Ending;
import io.waybill.jobs.alert.FailureRules.Step;
import io.waybill.jobs.log.SecretMask;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import io.waybill.scheduler.store.RunFollower;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises alerts of runs inside of the transaction that ends the run: no crash loses one, and none
 * is raised twice. Safe for use by many threads.
 */
public final class Alerts implements RunFollower {
  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

  private final Supplier<Configuration> configuration;
  private final InstantSource clock;
  private final Ulid ids;
  private volatile Runnable raised = () -> {};

  /**
   * Prepares.
   *
   * @param configuration asked at each run's end for who is told
   * @param random source of ids
   */
  public Alerts(
      Supplier<Configuration> configuration, InstantSource clock, RandomGenerator random) {
    this.configuration = configuration;
    this.clock = clock;
    this.ids = new Ulid(clock, random);
  }

  /** Sets who hears that there may be something to deliver. */
  void onRaised(Runnable hears) {
    raised = hears;
  }

  @Override
  public void ended(Connection connection, Run run) throws SQLException {
    Optional<JobDefinition> job = configuration.get().job(run.job());
    if (job.isEmpty()
        || run.kind() == TriggerKind.SHARD
        || run.state() == RunState.SKIPPED
        || run.state() == RunState.CANCELLED) {
      return;
    }
    NotifyPolicy policy = job.get().notifyPolicy();
    boolean isSuccess = run.state() == RunState.SUCCEEDED;
    boolean isByHand = run.kind() == TriggerKind.MANUAL || run.kind() == TriggerKind.LOCAL;
    if (isByHand && !isSuccess) {
      return;
    }
    AlertStates states = new AlertStates(connection);
    List<String> over = new ArrayList<>();
    if (!policy.failure().to().isEmpty()) {
      failure(connection, states, job.get(), run, isByHand).ifPresent(over::add);
    }
    if (isSuccess && job.get().due().isPresent()) {
      overdueEnds(states, job.get()).ifPresent(over::add);
    }
    if (!over.isEmpty()) {
      AlertWords words = new AlertWords(job.get());
      raise(connection, Kind.RECOVERY, about(run), words.recovered(run, over), policy.recovery());
    }
  }

  // what goes on after it had ended is told again if it fails again
  @Override
  public void goesOn(Connection connection, Run run) {}

  /** Returns the trouble that is over, to be told. */
  private Optional<String> failure(
      Connection connection, AlertStates states, JobDefinition job, Run run, boolean isByHand)
      throws SQLException {
    NotifyPolicy.FailureRule rule = job.notifyPolicy().failure();
    FailureState before = states.failures(job.name());
    Instant at = run.endedAt().orElseGet(this::now);
    Ending ending = new Ending(run.id(), at, run.state() == RunState.SUCCEEDED, isByHand);
    Step step = new FailureRules(rule).ended(before, ending);
    if (!step.state().equals(before)) {
      states.write(job.name(), step.state(), at);
    }
    AlertWords words = new AlertWords(job);
    Kind kind = step.tell().orElse(null);
    if (kind == Kind.RECOVERY) {
      return Optional.of(words.over(before));
    }
    if (kind != null) {
      Alert.Words said =
          kind == Kind.FLAPPING
              ? words.flapping(run)
              : kind == Kind.REMINDER
                  ? words.reminder(step.state())
                  : words.failed(run, step.state(), rule);
      raise(connection, kind, about(run), said, rule.to());
    }
    return Optional.empty();
  }

  private static Optional<String> overdueEnds(AlertStates states, JobDefinition job)
      throws SQLException {
    Optional<Silence> overdue = states.silence(job.name(), AlertStates.OVERDUE);
    if (overdue.filter(Silence::isOpen).isEmpty()) {
      return Optional.empty();
    }
    states.write(job.name(), AlertStates.OVERDUE, overdue.get().over());
    return Optional.of(new AlertWords(job).over(overdue.get()));
  }

  /**
   * Raises an alert of a run that is unlike those before it, inside of a transaction; nobody is
   * told where {@code notify.anomaly} says so, or somebody has started the run by hand.
   *
   * @param text what is unlike, for a person
   */
  public void anomaly(Connection connection, Run run, String text) throws SQLException {
    Optional<JobDefinition> job = configuration.get().job(run.job());
    boolean isByHand = run.kind() == TriggerKind.MANUAL || run.kind() == TriggerKind.LOCAL;
    if (job.isEmpty() || isByHand || run.kind() == TriggerKind.SHARD) {
      return;
    }
    raise(
        connection,
        Kind.ANOMALY,
        about(run),
        new AlertWords(job.get()).anomaly(run, text),
        job.get().notifyPolicy().anomaly());
  }

  private static Alert.About about(Run run) {
    return new Alert.About(run.job(), Optional.of(run.id()));
  }

  /** Writes an alert down inside of a transaction, unless nobody is to hear of it. */
  void raise(
      Connection connection, Kind kind, Alert.About about, Alert.Words words, List<String> to)
      throws SQLException {
    List<String> known = configuration.get().alerts().stream().map(AlertChannel::name).toList();
    List<String> channels = to.stream().filter(known::contains).toList();
    if (channels.isEmpty()) {
      return;
    }
    Alert alert = of(kind, about, words);
    new AlertRows(connection).insert(alert, channels);
    LOG.info(
        "event=alert kind={} job={} run={} channels={} subject=\"{}\"",
        kind,
        about.job(),
        about.run().orElse("-"),
        channels,
        alert.words().subject());
    raised.run();
  }

  /** Makes an alert of this moment, without secrets. */
  Alert of(Kind kind, Alert.About about, Alert.Words words) {
    SecretMask mask = SecretMask.ofThisProcess();
    return new Alert(
        ids.next(),
        now(),
        kind,
        about,
        new Alert.Words(mask.mask(words.subject()), mask.mask(words.text())));
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
