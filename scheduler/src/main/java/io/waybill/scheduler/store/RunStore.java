package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Records runs and attempts on behalf of one owner: this process, in this life.
 *
 * <p>Each claim of a run raises its fencing token, and each write carries the token it was read
 * under: an owner that was presumed dead and wakes cannot change what another has taken over, and
 * gets {@link SchedulerException.StaleClaim}. In an exclusive store (H2) every owner but this one
 * is dead; elsewhere an owner is dead once its lease has run out. Every write renews the lease.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does. Safe for use
 * by many threads; one run is worked on by one thread at a time.
 */
public final class RunStore {
  /** How long an owner counts as alive after its latest write. */
  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(60);

  private final Transactions transactions;
  private final boolean exclusive;
  private final Owner owner;
  private final Duration lease;
  private final InstantSource clock;
  private final Ulid ids;

  private RunStore(
      Store store, String node, Duration lease, InstantSource clock, RandomGenerator random) {
    this.transactions = store.transactions();
    this.exclusive = store.isExclusive();
    this.ids = new Ulid(clock, random);
    this.owner = new Owner(node, ids.next());
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * Makes a new owner of runs in the store.
   *
   * @param node the stable name of this machine or pod
   * @param clock source of every time that is written
   * @param random source of ids
   */
  public static RunStore of(Store store, String node, InstantSource clock, RandomGenerator random) {
    return new RunStore(store, node, DEFAULT_LEASE, clock, random);
  }

  /** As {@link #of(Store, String, InstantSource, RandomGenerator)}, with a lease of its own. */
  public static RunStore of(
      Store store, String node, Duration lease, InstantSource clock, RandomGenerator random) {
    return new RunStore(store, node, lease, clock, random);
  }

  /** Returns this owner. */
  public Owner owner() {
    return owner;
  }

  /**
   * Opens and claims the run of one moment of a job, or takes it over from an owner that died.
   *
   * <p>A scheduled moment of a job has at most one run. A manual run is always a new one.
   *
   * @param payload what a new row carries; an existing row keeps its own
   * @return the run, {@link Run#recovered} if it was taken over; empty if the run of this moment is
   *     finished, queued for somebody, or held by a live owner
   */
  public Optional<Run> open(String job, TriggerKind kind, Instant scheduledAt, String payload) {
    Run fresh = claimed(newRun(job, kind, scheduledAt).payload(payload).build(), now());
    if (insertUnlessTaken(fresh)) {
      return Optional.of(fresh);
    }
    return transactions.run(
        "taking over a run of " + job,
        connection -> {
          Run existing =
              RunRows.bySlot(connection, RunRows.slot(job, fresh.scheduledAt().toEpochMilli()))
                  .orElse(null);
          // a queued run belongs to the firing that carries its id
          return existing == null || existing.owner().isEmpty()
              ? Optional.empty()
              : take(connection, existing);
        });
  }

  /**
   * Records a run that somebody will claim.
   *
   * @param message why it is queued; empty if there is nothing to say
   * @return the queued run; empty if the scheduled moment has a run already
   */
  public Optional<Run> enqueue(
      String job, TriggerKind kind, Instant scheduledAt, String message, String payload) {
    Run run = newRun(job, kind, scheduledAt).message(message).payload(payload).build();
    return insertUnlessTaken(run) ? Optional.of(run) : Optional.empty();
  }

  /**
   * Records a scheduled moment at which nothing is run.
   *
   * @param reason why not, for a person
   * @return the skipped run; empty if the moment has a run already
   */
  public Optional<Run> skip(String job, Instant scheduledAt, String reason) {
    Run run =
        newRun(job, TriggerKind.SCHEDULE, scheduledAt)
            .state(RunState.SKIPPED)
            .endedAt(now())
            .message(reason)
            .build();
    return insertUnlessTaken(run) ? Optional.of(run) : Optional.empty();
  }

  /**
   * Ends a queued run without running it.
   *
   * @param reason why not, for a person
   * @return whether it was still queued
   */
  public boolean skipQueued(String runId, String reason) {
    return transactions.run(
        "skipping run " + runId,
        connection -> {
          Optional<Run> run = RunRows.byId(connection, runId);
          return run.isPresent()
              && RunRows.finishQueued(
                  connection,
                  run.get().toBuilder()
                      .state(RunState.SKIPPED)
                      .endedAt(now())
                      .message(reason)
                      .build());
        });
  }

  /**
   * Claims a queued run, or takes a run over from an owner that died.
   *
   * @throws SchedulerException.NotClaimable if there is no such run, it is finished, or its owner
   *     lives
   */
  public Run claim(String runId) {
    return transactions.run(
        "claiming run " + runId,
        connection -> {
          Run run = RunRows.byId(connection, runId).orElse(null);
          if (run == null) {
            throw new SchedulerException.NotClaimable(runId);
          }
          return take(connection, run).orElseThrow(() -> new SchedulerException.NotClaimable(run));
        });
  }

  private Optional<Run> take(Connection connection, Run run) throws SQLException {
    if (run.state().isFinished() || isHeld(run)) {
      return Optional.empty();
    }
    Run taken = claimed(run, now());
    return RunRows.updateClaim(connection, taken, run.token())
        ? Optional.of(taken)
        : Optional.empty();
  }

  private Run claimed(Run run, Instant now) {
    return run.toBuilder()
        .state(RunState.RUNNING)
        .startedAt(run.startedAt().orElse(now))
        .recovered(run.recovered() || run.owner().isPresent())
        .owner(owner)
        .token(run.token() + 1)
        .leaseUntil(now.plus(lease))
        .build();
  }

  /** Returns whether the run is claimed by an owner that counts as alive, this one included. */
  public boolean isHeld(Run run) {
    if (run.state().isFinished() || run.owner().isEmpty()) {
      return false;
    }
    if (run.owner().get().equals(owner)) {
      return true;
    }
    return !exclusive && run.leaseUntil().filter(until -> until.isAfter(now())).isPresent();
  }

  /**
   * Renews the lease; to be called well within {@link #DEFAULT_LEASE} while nothing else is
   * written.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Run renew(Run run) {
    Run renewed = run.toBuilder().leaseUntil(now().plus(lease)).build();
    transactions.run(
        "renewing run " + run.id(),
        connection -> {
          touch(connection, renewed.id(), renewed.token(), null);
          return renewed;
        });
    return renewed;
  }

  /**
   * Writes the end of a run.
   *
   * @param state a finished state
   * @param payload replaces the run's payload
   * @throws IllegalArgumentException if the state is not a finished one
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Run finish(
      Run run, RunState state, Optional<FailureClass> failure, String message, String payload) {
    if (!state.isFinished()) {
      throw new IllegalArgumentException(state + " does not finish a run");
    }
    Instant now = now();
    Run finished =
        run.toBuilder()
            .state(state)
            .endedAt(now)
            .failureClass(failure.orElse(null))
            .message(message)
            .payload(payload)
            .leaseUntil(now)
            .build();
    return transactions.run(
        "finishing run " + run.id(),
        connection -> {
          if (!RunRows.updateFenced(connection, finished)) {
            throw new SchedulerException.StaleClaim(run.id(), run.token());
          }
          return finished;
        });
  }

  /**
   * Writes the start of the next attempt of a step; what a dead owner left running is first closed
   * as interrupted.
   *
   * @param stepKey unique within the run, at most 200 characters
   * @return the attempt; its number is one more than the step's latest, over all owners of the run
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Attempt startAttempt(Run run, String stepKey) {
    Instant now = now();
    return transactions.run(
        "starting an attempt of " + stepKey + " in run " + run.id(),
        connection -> {
          touch(connection, run.id(), run.token(), RunState.RUNNING);
          AttemptRows.interruptOlder(connection, run.id(), run.token(), now);
          Attempt attempt =
              Attempt.builder()
                  .id(ids.next())
                  .runId(run.id())
                  .stepKey(stepKey)
                  .number(AttemptRows.lastNumber(connection, run.id(), stepKey) + 1)
                  .token(run.token())
                  .startedAt(now)
                  .build();
          AttemptRows.insert(connection, attempt);
          return attempt;
        });
  }

  /**
   * Writes the end of an attempt.
   *
   * @param outcome any state but running
   * @param delay the wait before the next attempt of this step, which puts the run into {@code
   *     RETRYING} until then; empty if there is none
   * @throws IllegalArgumentException if the outcome is running
   * @throws SchedulerException.StaleClaim if the run was taken over or finished, or the attempt has
   *     ended
   */
  public Attempt finishAttempt(
      Attempt attempt,
      AttemptState outcome,
      Optional<FailureClass> failure,
      String message,
      Optional<Duration> delay,
      String payload) {
    if (outcome == AttemptState.RUNNING) {
      throw new IllegalArgumentException("RUNNING does not finish an attempt");
    }
    Attempt finished =
        attempt.toBuilder()
            .state(outcome)
            .endedAt(now())
            .failureClass(failure.orElse(null))
            .message(message)
            .delay(delay.orElse(null))
            .payload(payload)
            .build();
    RunState runState = delay.isPresent() ? RunState.RETRYING : RunState.RUNNING;
    return transactions.run(
        "finishing an attempt of " + attempt.stepKey() + " in run " + attempt.runId(),
        connection -> {
          touch(connection, attempt.runId(), attempt.token(), runState);
          if (!AttemptRows.updateEnd(connection, finished)) {
            throw new SchedulerException.StaleClaim(attempt.runId(), attempt.token());
          }
          return finished;
        });
  }

  /**
   * Writes rows of another module's tables that belong to a run, in one transaction with the check
   * of the run's token.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over or finished; nothing is written
   *     then
   */
  public <T> T fenced(Run run, SqlWork<T> work) {
    return transactions.run(
        "writing what belongs to run " + run.id(),
        connection -> {
          touch(connection, run.id(), run.token(), null);
          return work.with(connection);
        });
  }

  /** Reads rows of another module's tables in one transaction. */
  public <T> T reading(SqlWork<T> work) {
    return transactions.run("reading what belongs to runs", work::with);
  }

  /** Returns a run. */
  public Optional<Run> find(String runId) {
    return transactions.run("reading run " + runId, c -> RunRows.byId(c, runId));
  }

  /** Returns the run of a scheduled moment. */
  public Optional<Run> find(String job, Instant scheduledAt) {
    String slot = RunRows.slot(job, millis(scheduledAt).toEpochMilli());
    return transactions.run("reading a run of " + job, c -> RunRows.bySlot(c, slot));
  }

  /** Returns the newest runs, newest first, of one job or of all. */
  public List<Run> list(Optional<String> job, int limit) {
    return transactions.run("listing runs", c -> RunRows.newest(c, job.orElse(null), limit));
  }

  /** Returns the attempts of a run, oldest first. */
  public List<Attempt> attempts(String runId) {
    return transactions.run("reading attempts of " + runId, c -> AttemptRows.ofRun(c, runId));
  }

  /** Returns the runs that are not finished, oldest first, whoever holds them. */
  public List<Run> unfinished() {
    return transactions.run("listing unfinished runs", RunRows::unfinished);
  }

  /** Returns the unfinished runs of one job, oldest first, whoever holds them. */
  public List<Run> unfinished(String job) {
    return transactions.run("listing unfinished runs", c -> RunRows.unfinishedOf(c, job));
  }

  private Run.Builder newRun(String job, TriggerKind kind, Instant scheduledAt) {
    return Run.builder()
        .id(ids.next())
        .job(job)
        .kind(kind)
        .scheduledAt(millis(scheduledAt))
        .createdAt(now());
  }

  private boolean insertUnlessTaken(Run run) {
    try {
      return transactions.attempt(
          connection -> {
            RunRows.insert(connection, run);
            return true;
          });
    } catch (SQLException e) {
      if (Transactions.isDuplicate(e)) {
        return false;
      }
      throw Transactions.failure("recording a run of " + run.job(), e);
    }
  }

  private void touch(Connection connection, String runId, long token, @Nullable RunState state)
      throws SQLException {
    RunRows.TouchedRun touched =
        new RunRows.TouchedRun(runId, token, owner.incarnation(), state, now().plus(lease));
    if (!RunRows.touch(connection, touched)) {
      throw new SchedulerException.StaleClaim(runId, token);
    }
  }

  private Instant now() {
    return millis(clock.instant());
  }

  // the columns keep milliseconds: what is returned must equal what is read back
  private static Instant millis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }
}
