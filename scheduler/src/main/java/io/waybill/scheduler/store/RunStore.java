package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Records runs and attempts on behalf of one owner: this process, in this life.
 *
 * <p>Each claim of a run raises its fencing token, and each write carries the token it was read
 * under: an owner that was presumed dead and wakes cannot change what another has taken over, and
 * gets {@link SchedulerException.StaleClaim}. In an exclusive store (H2) every owner but this one
 * is dead; elsewhere an owner is dead once its lease has run out, see {@link Membership}.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does; those that
 * write what has happened (the start and end of an attempt, the end of a run) first try for a
 * minute if it is only away. Safe for use by many threads; one run is worked on by one thread at a
 * time.
 */
public final class RunStore {
  private static final int MAX_ENDING = 500;

  private final Transactions transactions;
  private final boolean exclusive;
  private final Owner owner;
  private final InstantSource clock;
  private final Ulid ids;
  private final Claims claims = new Claims();
  private final Membership membership;

  private RunStore(Store store, String node, InstantSource clock, RandomGenerator random) {
    this.transactions = store.transactions();
    this.exclusive = store.isExclusive();
    this.ids = new Ulid(clock, random);
    this.owner = new Owner(node, ids.next());
    this.clock = clock;
    this.membership = new Membership(transactions, owner, exclusive, clock, claims);
  }

  /**
   * Makes a new owner of runs in the store.
   *
   * @param node the stable name of this machine or pod
   * @param clock source of every time that is written
   * @param random source of ids
   */
  public static RunStore of(Store store, String node, InstantSource clock, RandomGenerator random) {
    return new RunStore(store, node, clock, random);
  }

  /** Returns this owner. */
  public Owner owner() {
    return owner;
  }

  /** Returns what keeps this owner alive among those that share the store. */
  public Membership membership() {
    return membership;
  }

  /** Returns which job sets the daemons that share the store came with. */
  public JobSets jobSets() {
    return new JobSets(transactions, owner, exclusive);
  }

  /**
   * Asks to run a job: records a run, and claims it if the job's overlap policy and limit let it
   * work now.
   *
   * <p>A scheduled moment of a job has at most one run; if its owner died, it is taken over.
   *
   * @param payload what a new row carries; an existing row keeps its own
   */
  public Admission admit(ScheduledJob job, TriggerKind kind, Instant scheduledAt, String payload) {
    Run fresh =
        newRun(job.name(), kind, scheduledAt)
            .payload(payload)
            .limit(job.limit().map(ConcurrencyLimit::name).orElse(null))
            .build();
    membership.require();
    try {
      return told(transactions.attempt(connection -> admitNew(connection, job, fresh)));
    } catch (SQLException e) {
      claims.remove(fresh.id());
      if (!Transactions.isDuplicate(e)) {
        throw Transactions.failure("recording a run of " + job.name(), e);
      }
      return find(job.name(), fresh.scheduledAt())
          .filter(existing -> existing.owner().isPresent()) // else it belongs to its own firing
          .map(existing -> admit(job, existing.id()))
          .orElseGet(Admission.Settled::new);
    }
  }

  private Admission admitNew(Connection connection, ScheduledJob job, Run fresh)
      throws SQLException {
    Gates.lock(connection, job);
    Admissions admissions = new Admissions(connection, job, now());
    Optional<Admissions.Obstacle> obstacle = admissions.obstacle(fresh, false);
    if (obstacle.isEmpty()) {
      Run claimed = claimed(fresh, now());
      RunRows.insert(connection, claimed, RunRows.slot(claimed));
      claims.put(claimed); // before others can see the row
      return new Admission.Admitted(claimed, admissions.supersede(claimed), Optional.empty());
    }
    if (obstacle.get().bySkip()) {
      Run skipped = skipped(fresh, obstacle.get().why());
      RunRows.insert(connection, skipped, RunRows.slot(skipped));
      return new Admission.Skipped(skipped);
    }
    Run queued = fresh.toBuilder().message(obstacle.get().why()).build();
    RunRows.insert(connection, queued, RunRows.slot(queued));
    return waiting(connection, admissions, job, queued, obstacle.get());
  }

  /**
   * Asks to go on with a run: one that waits, in the queue or for its next attempt, is admitted as
   * a new one would be; one whose owner died is taken over at once.
   */
  public Admission admit(ScheduledJob job, String runId) {
    membership.require();
    try {
      return told(transactions.attempt(connection -> admitExisting(connection, job, runId)));
    } catch (SQLException e) {
      claims.remove(runId);
      throw Transactions.failure("admitting run " + runId, e);
    }
  }

  private Admission admitExisting(Connection connection, ScheduledJob job, String runId)
      throws SQLException {
    Gates.lock(connection, job);
    Run run = RunRows.byId(connection, runId).orElse(null);
    if (run == null || run.state().isFinished() || isHeld(connection, run) || !isDue(run)) {
      return new Admission.Settled();
    }
    Admissions admissions = new Admissions(connection, job, now());
    Optional<Admissions.Obstacle> obstacle =
        Admissions.isAtWork(run) || run.ending().isPresent()
            ? Optional.empty()
            : admissions.obstacle(run, true);
    if (obstacle.isEmpty()) {
      String limit = job.limit().map(ConcurrencyLimit::name).orElse(null);
      Run claimed = claimed(run, now()).toBuilder().limit(limit).build();
      if (!RunRows.updateClaim(connection, claimed, run.token())) {
        return new Admission.Settled();
      }
      claims.put(claimed);
      return new Admission.Admitted(
          claimed,
          admissions.supersede(claimed),
          run.owner().map(Owner::node).filter(node -> !node.equals(owner.node())));
    }
    if (obstacle.get().bySkip()) {
      Run skipped = skipped(run, obstacle.get().why());
      return RunRows.finishWaiting(connection, skipped)
          ? new Admission.Skipped(skipped)
          : new Admission.Settled();
    }
    Run queued = run.toBuilder().message(obstacle.get().why()).build();
    if (run.state() == RunState.QUEUED && !queued.message().equals(run.message())) {
      RunRows.updateMessage(connection, queued);
    }
    return waiting(connection, admissions, job, queued, obstacle.get());
  }

  private static Admission waiting(
      Connection connection,
      Admissions admissions,
      ScheduledJob job,
      Run queued,
      Admissions.Obstacle obstacle)
      throws SQLException {
    if (job.overlap() != OverlapPolicy.REPLACE || queued.owner().isPresent()) {
      return new Admission.Waiting(queued, List.of(), List.of());
    }
    for (String live : obstacle.live()) {
      RunRows.updateEnding(connection, live, replacedBy(queued));
    }
    return new Admission.Waiting(queued, obstacle.live(), admissions.dropQueued(queued));
  }

  private static String replacedBy(Run queued) {
    return "replaced by run " + queued.id();
  }

  private boolean isDue(Run run) {
    return run.ending().isPresent() || run.dueAt().filter(due -> due.isAfter(now())).isEmpty();
  }

  private Admission told(Admission admission) {
    if (admission instanceof Admission.Waiting waiting) {
      String why = replacedBy(waiting.run());
      waiting.replaces().forEach(runId -> membership.tellEnd(runId, why));
    }
    return admission;
  }

  /**
   * Opens and claims the run of one moment of a job whatever else runs, or takes it over from an
   * owner that died. A manual run is always a new one.
   *
   * @param payload what a new row carries; an existing row keeps its own
   * @return the run, {@link Run#recovered} if it was taken over; empty if the run of this moment is
   *     finished, queued for somebody, or held by a live owner
   */
  public Optional<Run> open(String job, TriggerKind kind, Instant scheduledAt, String payload) {
    return admitted(admit(unlimited(job), kind, scheduledAt, payload));
  }

  /**
   * Claims a queued run whatever else runs, or takes a run over from an owner that died.
   *
   * @throws SchedulerException.NotClaimable if there is no such run, it is finished, its owner
   *     lives, or its next attempt is not due
   */
  public Run claim(String runId) {
    Run run = find(runId).orElseThrow(() -> new SchedulerException.NotClaimable(runId));
    return admitted(admit(unlimited(run.job()), runId))
        .orElseThrow(() -> new SchedulerException.NotClaimable(find(runId).orElse(run)));
  }

  private static ScheduledJob unlimited(String job) {
    return ScheduledJob.builder(job, ZoneOffset.UTC).overlap(OverlapPolicy.ALLOW).build();
  }

  private static Optional<Run> admitted(Admission admission) {
    return admission instanceof Admission.Admitted admitted
        ? Optional.of(admitted.run())
        : Optional.empty();
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
    return insertUnlessTaken(run, RunRows.slot(run)) ? Optional.of(run) : Optional.empty();
  }

  /**
   * Records the parts of a run's work, each a run of the same job that any node may claim. Parts
   * that were recorded before a crash are found again.
   *
   * @param payloads what each part's row carries, in an order that is the same each time
   * @return the parts, in that order
   */
  public List<Run> enqueueShards(Run parent, List<String> payloads) {
    List<Run> shards = new ArrayList<>();
    for (int i = 0; i < payloads.size(); i++) {
      Run shard =
          newRun(parent.job(), TriggerKind.SHARD, parent.scheduledAt())
              .payload(payloads.get(i))
              .parent(parent.id())
              .build();
      String slot = parent.id() + "#" + i;
      shards.add(
          insertUnlessTaken(shard, slot)
              ? shard
              : transactions.run("reading a shard", c -> RunRows.bySlot(c, slot)).orElseThrow());
    }
    return List.copyOf(shards);
  }

  /** Returns the shards of a run, in their order. */
  public List<Run> shards(String parentId) {
    return transactions.run(
        "reading shards of " + parentId,
        c -> RunRows.select(c, "where parent = ? order by id", parentId));
  }

  /**
   * Records a scheduled moment at which nothing is run.
   *
   * @param reason why not, for a person
   * @return the skipped run; empty if the moment has a run already
   */
  public Optional<Run> skip(String job, Instant scheduledAt, String reason) {
    Run run = skipped(newRun(job, TriggerKind.SCHEDULE, scheduledAt).build(), reason);
    return insertUnlessTaken(run, RunRows.slot(run)) ? Optional.of(run) : Optional.empty();
  }

  /**
   * Ends a queued run without running it.
   *
   * @param reason why not, for a person
   * @return the run, if it was still queued
   */
  public Optional<Run> skipQueued(String runId, String reason) {
    return transactions.run(
        "skipping run " + runId,
        connection -> {
          Optional<Run> run =
              RunRows.byId(connection, runId)
                  .filter(found -> found.state() == RunState.QUEUED)
                  .map(found -> skipped(found, reason));
          return run.isPresent() && RunRows.finishWaiting(connection, run.get())
              ? run
              : Optional.empty();
        });
  }

  private Run skipped(Run run, String reason) {
    return run.toBuilder().state(RunState.SKIPPED).endedAt(now()).message(reason).build();
  }

  /**
   * Asks a run to end. One in the queue ends at once; one that waits for its next attempt is due at
   * once, so that it can tidy up; a live one's owner is to end it.
   *
   * @param why becomes the run's message; cut after 500 characters
   * @return the run after that
   * @throws SchedulerException.NotClaimable if there is no such run, or it is finished
   */
  public Run requestEnd(String runId, String why) {
    String reason = why.substring(0, Math.min(why.length(), MAX_ENDING));
    Run asked = askToEnd(runId, reason);
    membership.tellEnd(runId, reason);
    return asked;
  }

  /**
   * Returns why a run of this process is to end, if somebody has asked since it was claimed; for
   * who begins to listen after that.
   */
  public Optional<String> ending(String runId) {
    return claims.ending(runId);
  }

  private Run askToEnd(String runId, String reason) {
    return transactions.run(
        "ending run " + runId,
        connection -> {
          Run run =
              RunRows.byId(connection, runId)
                  .orElseThrow(() -> new SchedulerException.NotClaimable(runId));
          if (run.state() == RunState.QUEUED) {
            Run cancelled =
                run.toBuilder().state(RunState.CANCELLED).endedAt(now()).message(reason).build();
            if (RunRows.finishWaiting(connection, cancelled)) {
              return cancelled;
            }
          }
          if (!RunRows.updateEnding(connection, runId, reason)) {
            throw new SchedulerException.NotClaimable(RunRows.byId(connection, runId).orElse(run));
          }
          return RunRows.byId(connection, runId).orElse(run);
        });
  }

  private Run claimed(Run run, Instant now) {
    return run.toBuilder()
        .state(RunState.RUNNING)
        .startedAt(run.startedAt().orElse(now))
        .recovered(run.recovered() || (run.owner().isPresent() && run.dueAt().isEmpty()))
        .owner(owner)
        .token(run.token() + 1)
        .dueAt(null)
        .build();
  }

  /** Returns whether somebody works on the run: this process, or an owner that counts as alive. */
  public boolean isHeld(Run run) {
    return transactions.run(
        "asking who holds run " + run.id(), connection -> isHeld(connection, run));
  }

  private boolean isHeld(Connection connection, Run run) throws SQLException {
    if (run.owner().isEmpty() || !Admissions.isAtWork(run)) {
      return false;
    }
    if (run.owner().get().equals(owner)) {
      return claims.contains(run.id());
    }
    return !exclusive && Membership.isAlive(connection, run.owner().get());
  }

  /**
   * Forgets a run that this process worked on.
   *
   * @return how it was written last: finished, released, or still claimed if it was dropped
   */
  public Optional<Run> letGo(String runId) {
    return claims.remove(runId);
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
    return write(
        run.toBuilder()
            .state(state)
            .endedAt(now())
            .failureClass(failure.orElse(null))
            .message(message)
            .payload(payload)
            .build());
  }

  /**
   * Lets a run wait for its shards, held by nobody; it is due when {@code until} comes or its last
   * shard ends.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Run release(Run run, Instant until, String message) {
    return write(
        run.toBuilder().state(RunState.RETRYING).dueAt(millis(until)).message(message).build());
  }

  private Run write(Run run) {
    Run written =
        transactions.patiently(
            "writing what became of run " + run.id(),
            connection -> {
              if (!RunRows.updateFenced(connection, run) && !isWritten(connection, run)) {
                throw new SchedulerException.StaleClaim(run.id(), run.token());
              }
              return run;
            });
    if (claims.contains(run.id())) {
      claims.put(written);
    }
    return written;
  }

  // a commit whose answer was lost is written, and asked for again
  private static boolean isWritten(Connection connection, Run run) throws SQLException {
    return RunRows.byId(connection, run.id())
        .filter(
            row ->
                row.token() == run.token()
                    && row.owner().equals(run.owner())
                    && row.state() == run.state()
                    && row.endedAt().equals(run.endedAt())
                    && row.dueAt().equals(run.dueAt()))
        .isPresent();
  }

  /**
   * Lets a run begin anew: attempts before its present claim count no more.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Run restart(Run run) {
    return transactions.run(
        "beginning run " + run.id() + " anew",
        connection -> {
          if (!RunRows.updateRestart(connection, run)) {
            throw new SchedulerException.StaleClaim(run.id(), run.token());
          }
          return run.toBuilder().restartToken(run.token()).build();
        });
  }

  /**
   * Writes the start of the next attempt of a step; what a dead owner left running is first closed
   * as interrupted.
   *
   * @param stepKey unique within the run, at most 200 characters
   * @return the attempt; its number is one more than the step's latest, over all owners of the run
   * @throws SchedulerException.StaleClaim if the run was taken over, released or finished
   */
  public Attempt startAttempt(Run run, String stepKey) {
    Instant now = now();
    String id = ids.next();
    AtomicBoolean asked = new AtomicBoolean();
    return transactions.patiently(
        "starting an attempt of " + stepKey + " in run " + run.id(),
        connection -> {
          Attempts attempts = new Attempts(connection, owner);
          // looked for only if an answer was lost
          Optional<Attempt> written =
              asked.getAndSet(true) ? AttemptRows.byId(connection, id) : Optional.empty();
          return written.isPresent() ? written.get() : attempts.start(run, id, stepKey, now);
        });
  }

  /**
   * Writes the end of an attempt; one with a delay puts the run into {@code RETRYING}, still held,
   * until the next one starts.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over, released or finished, or the
   *     attempt has ended
   */
  public Attempt finishAttempt(Attempt attempt, AttemptEnd end) {
    RunState next = end.delay().isPresent() ? RunState.RETRYING : RunState.RUNNING;
    Instant now = now();
    return transactions.patiently(
        "finishing an attempt of " + attempt.stepKey() + " in run " + attempt.runId(),
        connection -> {
          Attempts attempts = new Attempts(connection, owner);
          attempts.touch(attempt.runId(), attempt.token(), next);
          return attempts.finish(attempt, end, now);
        });
  }

  /**
   * Writes the end of an attempt that is followed by another, and lets the run go until then: it
   * holds nothing while it waits, and outlives this process.
   *
   * @param run the attempt's run; its row waits until the end's delay has passed
   * @return the attempt
   * @throws IllegalArgumentException if the end has no delay
   * @throws SchedulerException.StaleClaim if the run was taken over, released or finished
   */
  public Attempt finishAttemptAndRelease(Run run, Attempt attempt, AttemptEnd end) {
    Instant now = now();
    Run waiting =
        run.toBuilder()
            .state(RunState.RETRYING)
            .dueAt(millis(now.plus(end.delay().orElseThrow(IllegalArgumentException::new))))
            .failureClass(end.failureClass().orElse(null))
            .message(end.message())
            .build();
    Attempt finished =
        transactions.patiently(
            "finishing an attempt of " + attempt.stepKey() + " in run " + attempt.runId(),
            connection -> {
              Attempt written = new Attempts(connection, owner).finish(attempt, end, now);
              if (!RunRows.updateFenced(connection, waiting) && !isWritten(connection, waiting)) {
                throw new SchedulerException.StaleClaim(run.id(), run.token());
              }
              return written;
            });
    if (claims.contains(run.id())) {
      claims.put(waiting);
    }
    return finished;
  }

  /**
   * Writes rows of another module's tables that belong to a run, in one transaction with the check
   * of the run's token.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over, released or finished; nothing
   *     is written then
   */
  public <T> T fenced(Run run, SqlWork<T> work) {
    return transactions.run(
        "writing what belongs to run " + run.id(),
        connection -> {
          touch(connection, run);
          return work.with(connection);
        });
  }

  private void touch(Connection connection, Run run) throws SQLException {
    @Nullable RunState same = null;
    if (!RunRows.touch(connection, run.id(), run.token(), owner.incarnation(), same)) {
      throw new SchedulerException.StaleClaim(run.id(), run.token());
    }
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

  /**
   * Returns the runs that may go on because a run ended: of its job and of its limit, the longest
   * waiting first. None that a process runs itself: that one looks again by itself.
   *
   * @param most how many of each at most
   */
  public List<Run> waitingBehind(Run ended, int most) {
    Instant now = now();
    return transactions.run(
        "looking for what waits behind run " + ended.id(),
        connection -> {
          String free = " and kind <> 'LOCAL' and" + RunRows.WAITING;
          String first = " order by id limit " + most;
          Map<String, Run> found = new LinkedHashMap<>();
          RunRows.select(connection, "where job = ?" + free + first, ended.job())
              .forEach(run -> found.put(run.id(), run));
          if (ended.limit().isPresent()) {
            RunRows.select(connection, "where limit_name = ?" + free + first, ended.limit().get())
                .forEach(run -> found.put(run.id(), run));
          }
          return found.values().stream()
              .filter(run -> run.dueAt().filter(due -> due.isAfter(now)).isEmpty())
              .toList();
        });
  }

  /**
   * Returns the runs that nobody works on any more, the oldest first: those of dead owners, and
   * those that this process dropped. None that a process ran itself, without a scheduler.
   */
  public List<Run> abandoned() {
    return transactions.run(
        "looking for runs that nobody works on",
        connection -> {
          List<Run> abandoned = new ArrayList<>();
          for (Run run :
              RunRows.select(
                  connection, "where" + RunRows.AT_WORK + " and kind <> 'LOCAL' order by id")) {
            if (isDropped(connection, run)) {
              abandoned.add(run);
            }
          }
          return abandoned;
        });
  }

  /**
   * Returns runs that have waited in the queue, or past their time, for longer than it takes to be
   * woken, the oldest first.
   *
   * @param patience how long a waiting run is left to whoever wakes it
   * @param most how many at most
   */
  public List<Run> overdue(Duration patience, int most) {
    Instant since = now().minus(patience);
    return transactions.run(
        "looking for runs that were not woken",
        connection ->
            RunRows.select(
                    connection,
                    "where kind <> 'LOCAL' and"
                        + RunRows.WAITING
                        + " order by coalesce(due_at, created_at) limit "
                        + most)
                .stream()
                .filter(run -> run.dueAt().orElse(run.createdAt()).isBefore(since))
                .toList());
  }

  // one owner is not dead to another while that cannot be sure of its own lease
  private boolean isDropped(Connection connection, Run run) throws SQLException {
    boolean mine = run.owner().equals(Optional.of(owner));
    return (mine || membership.isSteady()) && !isHeld(connection, run);
  }

  private Run.Builder newRun(String job, TriggerKind kind, Instant scheduledAt) {
    return Run.builder()
        .id(ids.next())
        .job(job)
        .kind(kind)
        .scheduledAt(millis(scheduledAt))
        .createdAt(now());
  }

  private boolean insertUnlessTaken(Run run, @Nullable String slot) {
    try {
      return transactions.attempt(
          connection -> {
            RunRows.insert(connection, run, slot);
            return true;
          });
    } catch (SQLException e) {
      if (Transactions.isDuplicate(e)) {
        return false;
      }
      throw Transactions.failure("recording a run of " + run.job(), e);
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
