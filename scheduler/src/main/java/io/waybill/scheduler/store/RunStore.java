package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Records runs and attempts on behalf of one owner: this process, in this life.
 *
 * <p>Each claim of a run raises its fencing token, and each write carries the token it was read
 * under: an owner that was presumed dead and wakes cannot change what another has taken over, and
 * gets {@link SchedulerException.StaleClaim}. In an exclusive store (H2, memory) every owner but
 * this one is dead; elsewhere an owner is dead once its lease has run out, see {@link Membership}.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does; those that
 * write what has happened (the start and end of an attempt, the end of a run) first try for a
 * minute if it is only away. Safe for use by many threads; one run is worked on by one thread at a
 * time.
 */
public final class RunStore {
  private final RunRecords records;
  private final Owner owner;
  private final Stamps stamps;
  private final Claims claims = new Claims();
  private final Membership membership;
  private final JobSets jobSets;
  private final Admissions admissions;
  private final UnclaimedRuns unclaimed;
  private final ClaimedRuns claimed;
  private final WaitingRuns waiting;

  private RunStore(
      RunRecords records,
      @Nullable Transactions shared,
      String node,
      InstantSource clock,
      RandomGenerator random) {
    stamps = new Stamps(clock, random);
    this.records = records;
    owner = new Owner(node, stamps.nextId());
    membership =
        shared == null
            ? Membership.alone(owner, claims)
            : Membership.shared(shared, owner, clock, claims);
    jobSets = shared == null ? JobSets.alone() : JobSets.shared(shared, owner);
    admissions = new Admissions(records, owner, stamps, claims, membership);
    unclaimed = new UnclaimedRuns(records, stamps, membership);
    claimed = new ClaimedRuns(records, owner, stamps, claims);
    waiting = new WaitingRuns(records, owner, stamps, membership);
  }

  /**
   * Makes a new owner of runs in the store.
   *
   * @param node the stable name of this machine or pod
   * @param clock source of every time that is written
   * @param random source of ids
   */
  public static RunStore of(Store store, String node, InstantSource clock, RandomGenerator random) {
    return of(store, node, clock, random, RunFollower.NONE);
  }

  /**
   * As {@link #of(Store, String, InstantSource, RandomGenerator)}.
   *
   * @param follower whose rows are kept in step with what this owner writes
   */
  public static RunStore of(
      Store store, String node, InstantSource clock, RandomGenerator random, RunFollower follower) {
    Transactions transactions = store.transactions();
    return new RunStore(
        new JdbcRecords(transactions, follower),
        store.isExclusive() ? null : transactions,
        node,
        clock,
        random);
  }

  /** As {@link #of(Store, String, InstantSource, RandomGenerator)}, in memory. */
  public static RunStore of(
      MemoryStore store, String node, InstantSource clock, RandomGenerator random) {
    return new RunStore(store.records(), null, node, clock, random);
  }

  /** Returns whether its runs are in this store. */
  public boolean isIn(MemoryStore store) {
    return records == store.records();
  }

  /** Returns this owner. */
  public Owner owner() {
    return owner;
  }

  /** Returns what gives runs their ids and times. */
  Stamps stamps() {
    return stamps;
  }

  /** Returns what keeps this owner alive among those that share the store. */
  public Membership membership() {
    return membership;
  }

  /** Returns which job sets the daemons that share the store came with. */
  public JobSets jobSets() {
    return jobSets;
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
    return admissions.admit(job, kind, scheduledAt, payload);
  }

  /**
   * Asks to go on with a run: one that waits, in the queue or for its next attempt, is admitted as
   * a new one would be; one whose owner died is taken over at once.
   */
  public Admission admit(ScheduledJob job, String runId) {
    return admissions.admit(job, runId);
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
   * @param decision what was decided about its moment and why; at most 500 characters
   * @return the queued run; empty if the scheduled moment has a run already
   */
  public Optional<Run> enqueue(
      String job, TriggerKind kind, Instant scheduledAt, String decision, String payload) {
    return unclaimed.enqueue(job, kind, scheduledAt, decision, payload);
  }

  /**
   * Records the parts of a run's work, each a run of the same job that any node may claim. Parts
   * that were recorded before a crash are found again.
   *
   * @param payloads what each part's row carries, in an order that is the same each time
   * @return the parts, in that order
   */
  public List<Run> enqueueShards(Run parent, List<String> payloads) {
    return unclaimed.enqueueShards(parent, payloads);
  }

  /** Returns the shards of a run, in their order. */
  public List<Run> shards(String parentId) {
    return records.run("reading shards of " + parentId, rows -> rows.shardsOf(parentId));
  }

  /**
   * Records a scheduled moment at which nothing is run.
   *
   * @param reason why not, for a person
   * @return the skipped run; empty if the moment has a run already
   */
  public Optional<Run> skip(String job, Instant scheduledAt, String reason) {
    return unclaimed.skip(job, scheduledAt, reason);
  }

  /**
   * Ends a queued run without running it.
   *
   * @param reason why not, for a person
   * @return the run, if it was still queued
   */
  public Optional<Run> skipQueued(String runId, String reason) {
    return unclaimed.skipQueued(runId, reason);
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
    return unclaimed.requestEnd(runId, why);
  }

  /**
   * Returns why a run of this process is to end, if somebody has asked since it was claimed; for
   * who begins to listen after that.
   */
  public Optional<String> ending(String runId) {
    return claims.ending(runId);
  }

  /**
   * Has a run tried again that has ended without success: it waits, due at once, as one does whose
   * attempt has failed. Its attempts stay; which of them count is the handler's business.
   *
   * @param kind who is to go on with it: {@link TriggerKind#LOCAL} for this process itself
   * @param payload replaces the run's payload
   * @return the run, waiting
   * @throws SchedulerException.NotClaimable if there is no such run, it has not ended, it has
   *     succeeded, or it never started
   */
  public Run retry(String runId, TriggerKind kind, String payload) {
    return unclaimed.retry(runId, kind, payload);
  }

  /** Returns whether somebody works on the run: this process, or an owner that counts as alive. */
  public boolean isHeld(Run run) {
    return records.run("asking who holds run " + run.id(), rows -> membership.isHeld(rows, run));
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
    return claimed.finish(run, state, failure, message, payload);
  }

  /**
   * Lets a run wait for its shards, held by nobody; it is due when {@code until} comes or its last
   * shard ends.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Run release(Run run, Instant until, String message) {
    return claimed.release(run, until, message);
  }

  /**
   * Lets a run begin anew: attempts before its present claim count no more.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over or finished
   */
  public Run restart(Run run) {
    return claimed.restart(run);
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
    return claimed.startAttempt(run, stepKey);
  }

  /**
   * Writes the end of an attempt; one with a delay puts the run into {@code RETRYING}, still held,
   * until the next one starts.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over, released or finished, or the
   *     attempt has ended
   */
  public Attempt finishAttempt(Attempt attempt, AttemptEnd end) {
    return claimed.finishAttempt(attempt, end);
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
    return claimed.finishAttemptAndRelease(run, attempt, end);
  }

  /** Returns a run. */
  public Optional<Run> find(String runId) {
    return records.run("reading run " + runId, rows -> rows.byId(runId));
  }

  /** Returns the run of a scheduled moment. */
  public Optional<Run> find(String job, Instant scheduledAt) {
    String slot = RunRows.slot(job, Stamps.millis(scheduledAt).toEpochMilli());
    return records.run("reading a run of " + job, rows -> rows.bySlot(slot));
  }

  /** Returns the newest runs, newest first, of one job or of all. */
  public List<Run> list(Optional<String> job, int limit) {
    return records.run("listing runs", rows -> rows.newest(job.orElse(null), limit));
  }

  /** Returns the attempts of a run, oldest first. */
  public List<Attempt> attempts(String runId) {
    return records.run("reading attempts of " + runId, rows -> rows.attempts().ofRun(runId));
  }

  /** Returns the runs that are not finished, oldest first, whoever holds them. */
  public List<Run> unfinished() {
    return records.run("listing unfinished runs", RunRows::unfinished);
  }

  /** Returns the unfinished runs of one job, oldest first, whoever holds them. */
  public List<Run> unfinished(String job) {
    return records.run("listing unfinished runs", rows -> rows.unfinishedOf(job));
  }

  /**
   * Returns the runs that may go on because a run ended: of its job and of its limit, the longest
   * waiting first. None that a process runs itself: that one looks again by itself.
   *
   * @param most how many of each at most
   */
  public List<Run> waitingBehind(Run ended, int most) {
    return waiting.behind(ended, most);
  }

  /**
   * Returns the runs that nobody works on any more, the oldest first: those of dead owners, and
   * those that this process dropped. None that a process ran itself, without a scheduler.
   */
  public List<Run> abandoned() {
    return waiting.abandoned();
  }

  /**
   * Returns runs that have waited in the queue, or past their time, for longer than it takes to be
   * woken, the oldest first.
   *
   * @param patience how long a waiting run is left to whoever wakes it
   * @param most how many at most
   */
  public List<Run> overdue(Duration patience, int most) {
    return waiting.overdue(patience, most);
  }
}
