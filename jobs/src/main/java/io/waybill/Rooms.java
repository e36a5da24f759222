package io.waybill;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.alert.AlertSender;
import io.waybill.jobs.alert.AlertService;
import io.waybill.jobs.alert.Alerts;
import io.waybill.jobs.alert.Heartbeat;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.ledger.LedgerSettlement;
import io.waybill.jobs.log.RunLogDirectory;
import io.waybill.jobs.measure.MeasureHistory;
import io.waybill.jobs.measure.MeasureRecorder;
import io.waybill.jobs.run.HistorySweep;
import io.waybill.jobs.run.JobEngine;
import io.waybill.jobs.run.JobsSchema;
import io.waybill.jobs.run.RunJournal;
import io.waybill.jobs.run.RunLogs;
import io.waybill.jobs.step.MailAccounts;
import io.waybill.jobs.step.MailSenders;
import io.waybill.jobs.step.MailTokens;
import io.waybill.jobs.step.OutboxSubmission;
import io.waybill.jobs.trigger.JobChains;
import io.waybill.jobs.trigger.SourceLook;
import io.waybill.jobs.trigger.TriggerEngine;
import io.waybill.mail.jdbc.MailSchema;
import io.waybill.mail.ledger.JdbcLedger;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxDispatcher;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxSettings;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.quartz.EngineSettings;
import io.waybill.scheduler.quartz.QuartzScheduler;
import io.waybill.scheduler.store.AuditLog;
import io.waybill.scheduler.store.Leases;
import io.waybill.scheduler.store.RunFollower;
import io.waybill.scheduler.store.RunHistory;
import io.waybill.scheduler.store.RunLogTails;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunTables;
import io.waybill.scheduler.store.Store;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.WireTap;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** What an open {@link Waybill} is made of, opened in order and closed in the other. */
final class Rooms implements AutoCloseable {
  // longer than a folder is read without a word to its ledger
  private static final Duration MAIL_LEASE = Duration.ofSeconds(30);

  private final StateDirectory state;
  private final Clock clock;
  private final Store store;
  private final RunStore runs;
  private final Runnable recovery;
  private final Configuration.Node node;
  private final JobEngine engine;
  private final Outbox outbox;
  private final MailSenders senders;
  private final RunLogs logs;
  private final AuditLog audit;
  private final HistorySweep sweep;
  private final AlertService alerts;
  private final Heartbeat heartbeat;
  private final Taken configuration;
  private final ItemLedger ledger;
  private final JobChains chains;
  private final TriggerEngine triggers;
  private final SourceLook sources;
  private @Nullable OutboxDispatcher dispatcher;

  private Rooms(
      StateDirectory state,
      Clock clock,
      Store store,
      RunStore runs,
      Runnable recovery,
      Configuration.Node node,
      Outbox outbox,
      MailSenders senders,
      JobEngine engine,
      RunLogs logs,
      AuditLog audit,
      HistorySweep sweep,
      AlertService alerts,
      Heartbeat heartbeat,
      Taken configuration,
      ItemLedger ledger,
      JobChains chains,
      TriggerEngine triggers,
      SourceLook sources) {
    this.state = state;
    this.clock = clock;
    this.store = store;
    this.runs = runs;
    this.recovery = recovery;
    this.node = node;
    this.outbox = outbox;
    this.senders = senders;
    this.engine = engine;
    this.logs = logs;
    this.audit = audit;
    this.sweep = sweep;
    this.alerts = alerts;
    this.heartbeat = heartbeat;
    this.configuration = configuration;
    this.ledger = ledger;
    this.chains = chains;
    this.triggers = triggers;
    this.sources = sources;
  }

  /** The configuration that counts now. */
  private static final class Taken {
    private volatile Configuration configuration;

    Taken(Configuration configuration) {
      this.configuration = configuration;
    }

    Configuration get() {
      return configuration;
    }

    void set(Configuration next) {
      configuration = next;
    }
  }

  static Rooms open(
      Configuration configuration,
      StateDirectory state,
      Function<CancelScope, SocketFactory> sockets,
      WireTap tap,
      RunListener listener,
      Clock clock) {
    state.create();
    StoreAddress.check(configuration, state, StoreCare.embedded(state));
    Store store = Store.open(StoreCare.settings(configuration, state));
    try {
      StoreAddress.remember(configuration, state);
      MailSchema.migrate(store.dataSource());
      JobsSchema.migrate(store.dataSource());
      Taken current = new Taken(configuration);
      LedgerSettlement settlement = new LedgerSettlement(clock);
      JobChains chains = new JobChains(current::get, clock);
      Alerts alerts = new Alerts(current::get, clock, new SecureRandom());
      RunStore runs =
          RunStore.of(
              store,
              node(configuration.daemon().node()),
              clock,
              new SecureRandom(),
              RunFollower.of(
                  List.of(settlement, chains, new MeasureRecorder(alerts::anomaly), alerts)));
      RunTables tables = RunTables.of(store, runs);
      chains.recordIn(tables);
      Leases leases = Leases.of(store, runs);
      ItemLedger ledger = new ItemLedger(tables, leases, clock);
      Outbox outbox =
          Outbox.open(
              store.dataSource(),
              ownerName(store, runs.owner()),
              clock,
              settings(configuration.daemon().outbox()));
      Runnable recovery =
          () -> {
            outbox.recover();
            settleOrphans(runs, outbox);
          };
      // A store of our own has no other owner: what is left over is ours. In a shared one the
      // daemon of this machine may
      // be at work beside a verb, so only the daemon clears up, when it starts.
      if (store.isExclusive()) {
        recovery.run();
      }
      MailAccounts accounts =
          new MailAccounts(
              () -> current.get().connections(), tap, new MailTokens(state::mailTokens, clock));
      MailSenders senders = new MailSenders(configuration.connections(), sockets, accounts, clock);
      StepServices services =
          new StepServices(
              configuration.connections(),
              new OutboxSubmission(outbox, senders, clock),
              accounts::of,
              sockets,
              tap,
              SharedRate.of(configuration.daemon().rate()),
              clock);
      JdbcLedger mail = mailLedger(store, runs, clock);
      RunJournal journal = new RunJournal(store, runs, ledger, settlement);
      RunLogs logs = new RunLogs(RunLogDirectory.at(state.runs()), RunLogTails.of(store));
      AuditLog audit = AuditLog.of(store, clock);
      return new Rooms(
          state,
          clock,
          store,
          runs,
          recovery,
          configuration.daemon().node(),
          outbox,
          senders,
          new JobEngine(configuration, services, runs, journal, logs, listener),
          logs,
          audit,
          new HistorySweep(
              current::get,
              RunHistory.of(store, clock),
              new MeasureHistory(tables),
              audit,
              logs,
              clock),
          new AlertService(
              current::get,
              alerts,
              store,
              runs,
              new AlertSender(current::get, outbox, senders, services, clock),
              (job, trigger) -> Optional.of(TriggerEngine.sourceId(trigger))),
          new Heartbeat(configuration.daemon().node().heartbeat(), services),
          current,
          ledger,
          chains,
          new TriggerEngine(ledger, mail, leases, runs, services),
          new SourceLook(ledger, mail, leases, services));
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static JdbcLedger mailLedger(Store store, RunStore runs, Clock clock) {
    return JdbcLedger.open(store.dataSource(), ownerName(store, runs.owner()), MAIL_LEASE, clock);
  }

  private static OutboxSettings settings(Configuration.Outbox outbox) {
    return OutboxSettings.builder()
        .bounds(outbox.messages(), outbox.bytes())
        .expiry(outbox.expire())
        .keep(outbox.keepContent(), outbox.keepRecord())
        .unknown(outbox.unknown())
        .build();
  }

  // A run that a process ran itself ends with that process: nobody goes on with it.
  private static void settleOrphans(RunStore runs, Outbox outbox) {
    for (Run run : runs.unfinished()) {
      if (run.kind() == TriggerKind.LOCAL && !runs.isHeld(run)) {
        settleOrphan(runs, outbox, run);
      }
    }
  }

  private static void settleOrphan(RunStore runs, Outbox outbox, Run run) {
    List<String> unknown = new ArrayList<>();
    List<String> sent = new ArrayList<>();
    for (OutboxEntry entry : outbox.findByKeyPrefix(run.id() + "/")) {
      switch (entry.state()) {
        case UNKNOWN -> unknown.add(entry.id());
        case SENT, PARTIAL -> sent.add(entry.id());
        default -> outbox.withdraw(entry.id());
      }
    }
    String ended = "its process ended before the run did";
    String why =
        !unknown.isEmpty()
            ? ended
                + ", and nobody knows whether a message was accepted: look for it at the recipient, then say which it is by \"waybill outbox resolve "
                + String.join(" ", unknown)
                + " --as sent\", resend or drop; another run sends another"
            : !sent.isEmpty()
                ? ended
                    + "; mail was sent before (outbox "
                    + String.join(", ", sent)
                    + "), and another run sends it again unless its step has \"dedupe\""
                : ended + "; \"waybill retry " + run.id() + "\" goes on where it was";
    runs.finish(
        runs.claim(run.id()),
        unknown.isEmpty() ? RunState.FAILED : RunState.UNKNOWN,
        Optional.of(unknown.isEmpty() ? FailureClass.TRANSIENT : FailureClass.AMBIGUOUS),
        why,
        run.payload());
  }

  /** Opens the scheduler over the store; it fires nothing before it is started. */
  Scheduler openScheduler() {
    EngineSettings settings = EngineSettings.DEFAULT.withThreads(node.threads());
    Scheduler scheduler =
        QuartzScheduler.open(
            store, runs, engine, settings.withPeriods(node.checkIn(), settings.watch()));
    engine.afterEachRun(
        run -> {
          chains.wake(scheduler::wake);
          triggers.wake(run.job());
        });
    return scheduler;
  }

  /** Watches for what starts the jobs of the configuration, besides their schedules. */
  void watchSources(Scheduler scheduler) {
    triggers.watch(configuration.get(), scheduler);
  }

  /** Ends that. */
  void leaveSources() {
    triggers.close();
  }

  /** Returns who looks at sources for runs by hand. */
  SourceLook sources() {
    return sources;
  }

  ItemLedger ledger() {
    return ledger;
  }

  /** Has the sources of a job looked at soon. */
  void wakeSources(String job) {
    triggers.wake(job);
  }

  /** Has all that asks for the configuration find this one. */
  void replace(Configuration next) {
    engine.replace(next);
    configuration.set(next);
    senders.replace(next.connections());
  }

  /** Begins what a process does that goes on: clears up after its predecessor, sends mail. */
  void startBackground() {
    if (!store.isExclusive()) {
      recovery.run();
    }
    dispatcher = OutboxDispatcher.start(outbox, senders);
    sweep.start();
  }

  private static String node(Configuration.Node node) {
    return node.name().orElseGet(Rooms::hostName);
  }

  private static String hostName() {
    String host = System.getenv("HOSTNAME");
    try {
      host = host == null || host.isBlank() ? InetAddress.getLocalHost().getHostName() : host;
    } catch (UnknownHostException e) {
      return "local"; // a machine without a name: alone, or named in the job file
    }
    return Configuration.Node.isName(host) ? host : "local";
  }

  // In a store that one process owns at a time every earlier owner is dead, whatever its host was
  // called. In a shared one a verb may be at work beside the daemon of its machine: no owner is
  // another's predecessor there, and the dead ones are known by their leases.
  private static String ownerName(Store store, Owner owner) {
    return store.isExclusive()
        ? "local/" + owner.incarnation()
        : owner.node() + "." + owner.incarnation();
  }

  Outbox outbox() {
    return outbox;
  }

  MailSenders senders() {
    return senders;
  }

  JobEngine engine() {
    return engine;
  }

  Store store() {
    return store;
  }

  RunStore runs() {
    return runs;
  }

  RunLogs logs() {
    return logs;
  }

  AuditLog audit() {
    return audit;
  }

  AlertService alerts() {
    return alerts;
  }

  Heartbeat heartbeat() {
    return heartbeat;
  }

  HistorySweep sweep() {
    return sweep;
  }

  Clock clock() {
    return clock;
  }

  Path stateDirectory() {
    return state.path();
  }

  @Override
  public void close() {
    sweep.close();
    alerts.close();
    heartbeat.close();
    engine.close();
    if (dispatcher != null) {
      dispatcher.close();
    }
    senders.close();
    logs.close();
    runs.membership().close();
    store.close();
  }
}
