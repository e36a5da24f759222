package io.waybill;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.JobStatus;
import io.waybill.jobs.LogPiece;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.alert.AlertService;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.json.QueuedMail;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.jobs.run.RunPayload;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.AuditLog;
import io.waybill.scheduler.store.BackupReport;
import io.waybill.scheduler.store.BackupTarget;
import io.waybill.scheduler.store.StoreReport;
import io.waybill.transfer.CancellableFuture;
import io.waybill.transfer.WireTap;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of a configuration: at once, when asked to, or by their schedules.
 *
 * <pre>{@code
 * try (Waybill waybill = Waybill.open(configuration)) {
 *   RunRecord run = waybill.run("nightly-orders");
 * }
 * }</pre>
 *
 * <p>It owns its store: only one process at a time can have an embedded one open. Safe for use by
 * many threads.
 */
public final class Waybill implements AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(30);
  private static final int LOG_PIECE_BYTES = 512 * 1024;

  private volatile Configuration configuration;
  private final Rooms rooms;
  private volatile @Nullable Scheduler scheduler;
  private volatile boolean started;

  private Waybill(Configuration configuration, Rooms rooms) {
    this.configuration = configuration;
    this.rooms = rooms;
  }

  /**
   * Opens with the default state directory.
   *
   * @throws io.waybill.scheduler.SchedulerException.StoreOwned if another process has the store
   *     open
   */
  public static Waybill open(Configuration configuration) {
    return builder(configuration).open();
  }

  public static Builder builder(Configuration configuration) {
    return new Builder(configuration);
  }

  /** Runs a job now, on the caller's thread, with the defaults of its parameters. */
  public RunRecord run(String job) {
    return run(job, Map.of());
  }

  /**
   * Runs a job now, on the caller's thread. A job that fails does not throw: the record says how it
   * ended.
   *
   * @param parameters by name, as text
   * @throws JobException.NotFound if there is no such job
   * @throws JobException.AlreadyRunning if it is running and its overlap policy is to skip; where
   *     that is to queue or replace, or the job has a limit, this waits
   */
  public RunRecord run(String job, Map<String, String> parameters) {
    return local(job, parameters).carryOut();
  }

  /** Runs a job on another thread. Cancelling the future cancels the run and closes its sockets. */
  public CompletableFuture<RunRecord> runAsync(String job, Map<String, String> parameters) {
    LocalRun run = local(job, parameters);
    return CancellableFuture.start("waybill-run-" + run.id(), run::carryOut, run::cancel);
  }

  /** Schedules every enabled job of the configuration, takes the others off, and starts firing. */
  public synchronized void start() {
    if (started) {
      return;
    }
    Scheduler opened = scheduler();
    rooms.startBackground();
    started = true;
    opened.replaceAll(configuration.jobs().stream().map(JobDefinition::scheduled).toList());
    // else the store goes on with the jobs of another node
    if (hasNewestJobs()) {
      writeDownJobs();
    }
    opened.start();
    rooms.watchSources(opened);
    rooms.alerts().start(name -> isPaused(opened, name), this::hasNewestJobs);
    FiringCheck firing = new FiringCheck(opened, rooms.clock());
    rooms.heartbeat().start(firing::trouble);
  }

  private static boolean isPaused(Scheduler scheduler, String job) {
    try {
      return scheduler.isPaused(job);
    } catch (SchedulerException.UnknownJob e) {
      return false; // on a store whose jobs are another node's
    }
  }

  /**
   * Takes another file over while jobs are fired. Runs at work go on with what they began with;
   * those that wait, for their turn or for their next attempt, go on with this one. Jobs are added,
   * changed and taken off as {@link #start} does, and {@code daemon} says nothing new but how long
   * the audit is kept.
   *
   * <p>If the store fails it can be called again; until then the store may fire some jobs as they
   * were.
   *
   * @throws IllegalStateException if {@link #start} was not called
   * @throws io.waybill.scheduler.SchedulerException if the store fails
   */
  public synchronized void replace(Configuration next) {
    Scheduler firing = started();
    Configuration taken = next.asTakenOver(configuration.daemon());
    rooms.replace(taken);
    configuration = taken;
    firing.replaceAll(taken.jobs().stream().map(JobDefinition::scheduled).toList());
    if (hasNewestJobs()) {
      writeDownJobs();
    }
    rooms.engine().forgetLeaving();
    rooms.watchSources(firing);
  }

  /** Returns whether no live daemon of the store has a newer set of jobs, which counts then. */
  public boolean hasNewestJobs() {
    return !rooms.runs().jobSets().isNewer();
  }

  private void writeDownJobs() {
    rooms
        .audit()
        .jobsAre(
            Operator.THIS_USER,
            configuration.jobs().stream()
                .collect(Collectors.toMap(JobDefinition::name, JobDefinition::definitionHash)));
  }

  /**
   * Starts a job by the scheduler and returns at once.
   *
   * @return the run's id
   * @throws JobException.NotFound if there is no such job
   * @throws IllegalStateException if {@link #start} was not called
   */
  public String trigger(String job, Map<String, String> parameters) {
    return operator().trigger(job, parameters);
  }

  /** Returns when a job fires next; empty for one on demand. */
  public Optional<Instant> nextFiring(String job) {
    return scheduler().nextFiring(job);
  }

  /**
   * Returns the jobs of the configuration, in its order, as they stand in the store; the store's
   * own, by name, if the configuration has none.
   */
  public List<JobStatus> jobs() {
    return statuses().all();
  }

  /**
   * Returns how a job stands.
   *
   * @throws JobException.NotFound if there is no such job
   */
  public JobStatus job(String name) {
    return statuses().of(name);
  }

  /**
   * Stops firing a job by its schedule; survives a restart and a changed definition. Needs no
   * {@link #start}.
   *
   * @throws JobException.NotFound if there is no such job
   */
  public void pause(String job) {
    operator().pause(job);
  }

  /**
   * Goes on firing a paused job at its next moment after now; paused time is never missed. Needs no
   * {@link #start}.
   *
   * @throws JobException.NotFound if there is no such job
   */
  public void resume(String job) {
    operator().resume(job);
  }

  JobStatuses statuses() {
    return new JobStatuses(configuration, scheduler(), rooms.runs(), rooms.clock(), started);
  }

  /** Returns a run with its steps and attempts. */
  public Optional<RunRecord> find(String runId) {
    return rooms.engine().find(runId);
  }

  /** Returns the runs that have not ended, the oldest first, on whatever node they are. */
  public List<Run> unfinished() {
    return rooms.runs().unfinished();
  }

  /** Returns who this process is among those that share the store. */
  public Owner owner() {
    return rooms.runs().owner();
  }

  /** Returns the newest runs, the newest first. */
  public List<Run> runs(int limit) {
    return rooms.runs().list(Optional.empty(), limit);
  }

  /**
   * Cancels a run that has not ended, once {@link #start} was called also one that waits or is on
   * another node: what it has open is closed.
   *
   * @throws JobException.NotFound if there is no such run, or it has ended
   */
  public void cancel(String runId) {
    operator().cancel(runId);
  }

  /**
   * Returns who does things on behalf of this process's user. What {@link #trigger}, {@link
   * #pause}, {@link #resume}, {@link #cancel} and {@link #backup} do is written down under that
   * name, too.
   */
  public Operator operator() {
    return operator(Operator.THIS_USER);
  }

  /**
   * Returns who does things on behalf of somebody.
   *
   * @param who the name under which it is written down
   */
  public Operator operator(String who) {
    return new Operator(this, rooms, who);
  }

  /** Returns what triggers have found for jobs, and what became of it. */
  public ItemLedger ledger() {
    return rooms.ledger();
  }

  /**
   * Returns what somebody was told, and of what; once {@link #start} was called it is told in the
   * background.
   */
  public AlertService alerts() {
    return rooms.alerts();
  }

  /** Returns what is remembered of who did what. */
  public AuditLog audit() {
    return rooms.audit();
  }

  /**
   * Returns a piece of what a run has logged, of half a MiB at most.
   *
   * @param from where to begin, in bytes: 0, or {@link LogPiece#next} of the piece before
   * @throws JobException.NotFound if there is no such run
   * @throws JobException.NotYet if its file cannot be read
   */
  public LogPiece log(String runId, long from) {
    Run run =
        rooms
            .runs()
            .find(runId)
            .orElseThrow(() -> new JobException.NotFound("there is no run " + runId));
    return rooms.logs().read(run, from, LOG_PIECE_BYTES);
  }

  /**
   * Forgets what is beyond the bounds of the jobs' history; once {@link #start} was called that is
   * done in the background.
   *
   * @param most how long to work at most
   * @return whether nothing is left to forget
   */
  public boolean forget(Duration most) {
    return rooms.sweep().sweep(most);
  }

  /** Returns the ids of the runs that are at work in this process. */
  public List<String> liveRuns() {
    return rooms.engine().liveRuns();
  }

  /**
   * Returns the outbox, through which mail leaves: what waits in it is sent by its connection's
   * name, in the background once {@link #start} was called.
   */
  public Outbox outbox() {
    return rooms.outbox();
  }

  /**
   * Puts a frozen message into the outbox, to be sent by the connection that it names.
   *
   * @throws JobException.Configuration if there is no such connection of type smtp
   * @throws io.waybill.mail.MailException as {@link Outbox#enqueue}
   */
  public OutboxEntry enqueue(QueuedMail mail) {
    if (rooms.senders().sender(mail.account()).isEmpty()) {
      throw new JobException.Configuration(
          "there is no connection \"%s\" of type smtp here".formatted(mail.account()));
    }
    return rooms.outbox().enqueue(mail.message(), mail.request());
  }

  /**
   * Makes one attempt now to send an entry of the outbox by the connection that it was queued for.
   *
   * @throws JobException.NotFound if there is no such connection of type smtp
   * @throws io.waybill.mail.MailException as {@link Outbox#deliver}
   */
  public OutboxEntry deliver(String outboxId) {
    String account = rooms.outbox().find(outboxId).map(OutboxEntry::account).orElse("");
    FrozenSender sender =
        rooms
            .senders()
            .sender(account)
            .orElseThrow(
                () ->
                    new JobException.NotFound(
                        "nothing can send outbox entry %s: there is no connection \"%s\" of type smtp"
                            .formatted(outboxId, account)));
    return rooms.outbox().deliver(outboxId, sender);
  }

  public Configuration configuration() {
    return configuration;
  }

  /**
   * Copies the embedded store while it is in use.
   *
   * @throws JobException.Configuration if the store is on a server
   * @throws io.waybill.scheduler.SchedulerException as {@link
   *     io.waybill.scheduler.store.StoreBackup#write}
   */
  public BackupReport backup(BackupTarget target) {
    return operator().backup(target);
  }

  /** Looks for damage in the store while it is in use. */
  public StoreReport checkStore() {
    return StoreCare.check(rooms.store());
  }

  /** Returns where the store, the logs and the keys are. */
  public Path stateDirectory() {
    return rooms.stateDirectory();
  }

  /**
   * Stops firing and lets live runs come to their end.
   *
   * @return whether all of them have ended
   */
  public boolean drain(Duration deadline) {
    rooms.leaveSources();
    Scheduler running = scheduler;
    return running == null || running.drain(deadline);
  }

  /** Ends. Live runs are ended where they are and go on when the store is opened again. */
  @Override
  public void close() {
    rooms.leaveSources();
    Scheduler running = scheduler;
    if (running != null) {
      running.drain(Duration.ZERO); // fires nothing more
    }
    rooms.engine().endAll();
    if (running != null) {
      running.drain(DRAIN);
      running.close();
    }
    rooms.close();
  }

  /** Cancels every run that is live in this process. */
  public void cancelAll() {
    rooms.engine().cancelAll();
  }

  LocalRun local(String job, Map<String, String> parameters) {
    JobDefinition definition = require(job);
    String payload = RunPayload.of(parameters);
    // once this process watches, what there is has its own runs
    return started
        ? LocalRun.open(rooms, definition, definition.scheduled(), payload)
        : LocalRun.openWithItems(rooms, definition, payload);
  }

  LocalRun local(String job, Map<String, String> parameters, String fromStep) {
    JobDefinition definition = require(job);
    String payload = new StartingStep(rooms, definition).payload(fromStep, parameters);
    return LocalRun.open(rooms, definition, definition.scheduled(), payload);
  }

  JobDefinition require(String job) {
    return requireJob(configuration, job);
  }

  /**
   * Returns a job of a configuration.
   *
   * @throws JobException.NotFound if there is no such job
   */
  public static JobDefinition requireJob(Configuration configuration, String job) {
    return configuration
        .job(job)
        .orElseThrow(
            () ->
                new JobException.NotFound(
                    "there is no job \""
                        + job
                        + "\"; there are: "
                        + configuration.jobs().stream().map(JobDefinition::name).toList()));
  }

  /** Returns the scheduler, which fires. */
  Scheduler started() {
    if (!started) {
      throw new IllegalStateException("start() was not called");
    }
    return scheduler();
  }

  boolean isStarted() {
    return started;
  }

  private synchronized Scheduler scheduler() {
    Scheduler opened = scheduler;
    if (opened == null) {
      opened = rooms.openScheduler();
      scheduler = opened;
    }
    return opened;
  }

  /** Collects what is not usual. */
  public static final class Builder {
    private final Configuration configuration;
    private @Nullable StateDirectory state;
    private Function<CancelScope, SocketFactory> sockets = ScopedSockets.direct();
    private WireTap tap = WireTap.NONE;
    private RunListener listener = RunListener.NONE;
    private Clock clock = Clock.systemUTC();

    private Builder(Configuration configuration) {
      this.configuration = Objects.requireNonNull(configuration, "configuration");
    }

    /**
     * Sets where the store and the keys are; {@code $WAYBILL_STATE} or the user's state directory
     * by default.
     */
    public Builder state(Path directory) {
      return state(StateDirectory.of(Optional.of(directory), Map.of()));
    }

    /** Sets where the store and the keys are. */
    public Builder state(StateDirectory directory) {
      state = Objects.requireNonNull(directory, "directory");
      return this;
    }

    /** Sets where connections come from: directly by default. */
    public Builder sockets(Function<CancelScope, SocketFactory> factories) {
      sockets = Objects.requireNonNull(factories, "factories");
      return this;
    }

    /** Sets what is told of everything that connections say; nobody by default. */
    public Builder tap(WireTap listens) {
      tap = Objects.requireNonNull(listens, "listens");
      return this;
    }

    /** Sets who hears what happens in runs. */
    public Builder listener(RunListener hears) {
      listener = Objects.requireNonNull(hears, "hears");
      return this;
    }

    /** Sets the clock; the system's by default. */
    public Builder clock(Clock time) {
      clock = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Opens the store.
     *
     * @throws io.waybill.scheduler.SchedulerException.StoreOwned if another process has it open
     */
    public Waybill open() {
      // looked for only now: who gives one needs no home directory
      StateDirectory directory =
          state != null ? state : StateDirectory.of(Optional.empty(), System.getenv());
      return new Waybill(
          configuration, Rooms.open(configuration, directory, sockets, tap, listener, clock));
    }
  }
}
