package io.waybill;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.run.JobsSchema;
import io.waybill.mail.jdbc.MailRule;
import io.waybill.mail.jdbc.MailSchema;
import io.waybill.mail.outbox.RestoredOutbox;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.AuditAct;
import io.waybill.scheduler.store.AuditLog;
import io.waybill.scheduler.store.BackupReport;
import io.waybill.scheduler.store.BackupTarget;
import io.waybill.scheduler.store.MoveReport;
import io.waybill.scheduler.store.RestoreReport;
import io.waybill.scheduler.store.SchedulerSchema;
import io.waybill.scheduler.store.SchemaVersion;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreBackup;
import io.waybill.scheduler.store.StoreCheck;
import io.waybill.scheduler.store.StoreMove;
import io.waybill.scheduler.store.StoreReport;
import io.waybill.scheduler.store.StoreRestore;
import io.waybill.scheduler.store.StoreRule;
import io.waybill.scheduler.store.StoreSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Looks after a store that nobody is at work on: backup, check, restore, move. Nothing is upgraded
 * by looking. {@link Waybill} does the first two of a store that it has open. Backup, restore and
 * move are written down in the audit of the store that they are of, that came back, or that
 * everything went to.
 */
public final class StoreCare {
  private final Configuration configuration;
  private final StateDirectory state;
  private final InstantSource clock;

  /**
   * Prepares.
   *
   * @param configuration says which store; a server's, or the one in the state directory
   * @param clock names files, and says when things happened
   */
  public StoreCare(Configuration configuration, StateDirectory state, InstantSource clock) {
    this.configuration = configuration;
    this.state = state;
    this.clock = clock;
  }

  /**
   * Copies the embedded store.
   *
   * @throws JobException.Configuration if the store is on a server
   * @throws SchedulerException as {@link Store#openAsIs} and {@link StoreBackup#write}
   */
  public BackupReport backup(BackupTarget target) {
    refuseServer(configuration);
    requireHome();
    try (Store store = Store.openAsIs(settings(configuration, state))) {
      BackupReport report = backup(store, configuration, target, clock);
      writeDown(store, StoreActs.backup(Operator.THIS_USER, report));
      return report;
    }
  }

  // a store of an older version, which is not upgraded by this, has no audit yet
  private void writeDown(Store store, AuditAct act) {
    if (SchedulerSchema.version(store.dataSource()).isCurrent()) {
      AuditLog.of(store, clock).append(act);
    }
  }

  static BackupReport backup(
      Store store, Configuration configuration, BackupTarget target, InstantSource clock) {
    refuseServer(configuration);
    return StoreBackup.of(store, clock).write(target);
  }

  private static void refuseServer(Configuration configuration) {
    if (configuration.daemon().store() instanceof Configuration.Jdbc jdbc) {
      throw new JobException.Configuration(
          "the store is at a server, whose own tools back it up and restore it; run: "
              + "pg_dump --format=custom --file=waybill.dump \""
              + libpqAddress(jdbc)
              + "\", and to bring it back: pg_restore --clean --dbname=... waybill.dump");
    }
  }

  // the address as PostgreSQL's own programs take it
  private static String libpqAddress(Configuration.Jdbc jdbc) {
    String address = jdbc.url().replaceFirst("^jdbc:", "").replaceFirst("\\?.*$", "");
    String user = jdbc.login().map(login -> login.user() + "@").orElse("");
    return address.contains("//") ? address.replaceFirst("//", "//" + user) : address;
  }

  /**
   * Looks for damage in the store.
   *
   * @throws SchedulerException as {@link Store#openAsIs}
   */
  public StoreReport check() {
    requireHome();
    try (Store store = Store.openAsIs(settings(configuration, state))) {
      return check(store);
    }
  }

  /**
   * Looks for damage in a file, such as a backup.
   *
   * @throws JobException.Configuration if its name is none of such a file
   * @throws SchedulerException as {@link Store#openAsIs}
   */
  public static StoreReport check(Path file) {
    try (Store store = Store.openAsIs(readOnly(file))) {
      return check(store);
    }
  }

  static StoreReport check(Store store) {
    List<StoreRule> rules = new ArrayList<>(JobsSchema.rules());
    for (MailRule rule : MailRule.all()) {
      rules.add(new StoreRule(rule.table(), rule.meaning(), rule.query(), false));
    }
    return StoreCheck.check(store, versions(store.dataSource()), rules);
  }

  private static List<SchemaVersion> versions(DataSource store) {
    MailSchema.Version mail = MailSchema.version(store);
    return List.of(
        SchedulerSchema.version(store),
        new SchemaVersion("mail", mail.stored(), mail.known()),
        JobsSchema.version(store));
  }

  /**
   * What a restore has done.
   *
   * @param held how many messages waited in the backup; they may have been sent since, so that they
   *     are unknown now, and a person decides about each
   */
  public record Restored(RestoreReport report, int held) {}

  /**
   * Puts a backup where the embedded store belongs.
   *
   * @param isReplacing whether a store that is there is put aside
   * @throws JobException.Configuration if the store is on a server, or the file's name is none of a
   *     backup
   * @throws SchedulerException as {@link StoreRestore#restore}
   */
  public Restored restore(Path backup, boolean isReplacing) {
    refuseServer(configuration);
    requireHome();
    readOnly(backup); // its name
    state.create();
    AtomicInteger held = new AtomicInteger();
    RestoreReport report =
        new StoreRestore(
                StoreCare::check,
                store -> held.set(RestoredOutbox.hold(store, clock.instant())),
                clock)
            .restore(backup, embedded(state), isReplacing);
    try (Store store = Store.openAsIs(StoreSettings.h2(embedded(state)))) {
      writeDown(store, StoreActs.restore(Operator.THIS_USER, report, held.get()));
    }
    return new Restored(report, held.get());
  }

  private static StoreSettings readOnly(Path file) {
    try {
      return StoreSettings.readOnly(file);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Moves the embedded store to a PostgreSQL database.
   *
   * @param to its address and who logs in there
   * @throws SchedulerException as {@link StoreMove#move}
   */
  public MoveReport move(Configuration.Jdbc to) {
    MoveReport report =
        new StoreMove(
                List.of(SchedulerSchema::migrate, MailSchema::migrate, JobsSchema::migrate),
                StoreCare::versions,
                clock)
            .move(embedded(state), settings(to));
    try (Store target = Store.openAsIs(settings(to))) {
      writeDown(target, StoreActs.move(Operator.THIS_USER, report));
    }
    return report;
  }

  private void requireHome() {
    StoreAddress.check(configuration, state, embedded(state));
  }

  static StoreSettings settings(Configuration configuration, StateDirectory state) {
    return configuration.daemon().store() instanceof Configuration.Jdbc jdbc
        ? settings(jdbc)
        : StoreSettings.h2(embedded(state));
  }

  private static StoreSettings settings(Configuration.Jdbc jdbc) {
    Optional<Connection.Login> login = jdbc.login();
    Supplier<String> password = () -> login.map(l -> l.password().get()).orElse("");
    return StoreSettings.jdbc(
        jdbc.url(), login.map(Connection.Login::user).orElse("waybill"), password);
  }

  static Path embedded(StateDirectory state) {
    return state.store().resolve("waybill");
  }
}
