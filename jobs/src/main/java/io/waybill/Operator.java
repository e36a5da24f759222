package io.waybill;

import io.waybill.jobs.JobException;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.ledger.GivenItems;
import io.waybill.jobs.run.RunPayload;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.Resolution;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.AuditAct;
import io.waybill.scheduler.store.BackupReport;
import io.waybill.scheduler.store.BackupTarget;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Does what somebody asks for, and writes down in the audit who did. A row is written right after
 * what it is about: if that fails, nothing was done; if the row cannot be written, the caller hears
 * it. Safe for use by many threads.
 */
public final class Operator {
  static final String THIS_USER = System.getProperty("user.name", "unknown");

  private final Waybill waybill;
  private final Rooms rooms;
  private final String who;

  Operator(Waybill waybill, Rooms rooms, String who) {
    this.waybill = waybill;
    this.rooms = rooms;
    this.who = who;
  }

  /**
   * Runs a job now, as {@link Waybill#run(String, Map)}.
   *
   * @throws JobException.NotFound if there is no such job
   * @throws JobException.AlreadyRunning if it is running and its overlap policy is to skip
   */
  public RunRecord run(String job, Map<String, String> parameters) {
    LocalRun run = waybill.local(job, parameters);
    did("run", job, started(run.id(), parameters));
    return run.carryOut();
  }

  /**
   * Runs a job now from one of its steps on. Those before it are not done: they have the results of
   * the newest run in which all of them succeeded, whose parameters count if none are given.
   *
   * @throws JobException.NotFound if there is no such job
   * @throws JobException.Configuration if it has no such step, or there is no such run
   * @throws JobException.AlreadyRunning if it is running and its overlap policy is to skip
   */
  public RunRecord runFrom(String step, String job, Map<String, String> parameters) {
    LocalRun run = waybill.local(job, parameters, step);
    Map<String, Object> detail = started(run.id(), parameters);
    detail.put("from-step", step);
    did("run", job, detail);
    return run.carryOut();
  }

  /**
   * Has a run tried again that has ended without success, from the step that failed: what the steps
   * before it have left counts, and so does what that step itself has done. By the scheduler if
   * {@link Waybill#start} was called, and this returns at once; else here and now.
   *
   * @return the run
   * @throws JobException.NotFound if there is no such run, or its job is not in the configuration
   * @throws JobException.Configuration if it has not ended, has succeeded, or never began
   */
  public RunRecord retryRun(String runId) {
    if (waybill.isStarted()) {
      RetriedRun.scheduled(waybill, rooms, runId);
      did("retry", runId, Map.of());
      return waybill.find(runId).orElseThrow();
    }
    LocalRun run = RetriedRun.here(waybill, rooms, runId);
    did("retry", runId, Map.of());
    return run.carryOut();
  }

  /**
   * Starts a job by the scheduler and returns at once.
   *
   * @return the run's id
   * @throws JobException.NotFound if there is no such job
   * @throws IllegalStateException if {@link Waybill#start} was not called
   */
  public String trigger(String job, Map<String, String> parameters) {
    // what its sources have is given to runs of its own, which begin now, too
    String payload =
        GivenItems.none(waybill.require(job))
            .map(none -> none.payload(RunPayload.of(parameters)))
            .orElseGet(() -> RunPayload.of(parameters));
    String id;
    try {
      id = waybill.started().trigger(job, payload);
    } catch (SchedulerException.UnknownJob e) {
      throw new JobException.NotFound(
          "job \"%1$s\" is in this daemon's job file, and not in the newest one among the daemons that share the store, which counts; start this daemon again with that file, or run the job here by \"waybill run %1$s\""
              .formatted(job));
    }
    rooms.wakeSources(job);
    did("trigger", job, started(id, parameters));
    return id;
  }

  private static Map<String, Object> started(String runId, Map<String, String> parameters) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("run", runId);
    if (!parameters.isEmpty()) {
      detail.put("params", parameters);
    }
    return detail;
  }

  /**
   * Cancels a run, as {@link Waybill#cancel}.
   *
   * @throws JobException.NotFound if there is no such run, or it has ended
   */
  public void cancel(String runId) {
    if (waybill.isStarted()) {
      cancelAnywhere(runId);
    } else {
      rooms.engine().cancel(runId);
    }
    did("cancel", runId, Map.of());
  }

  private void cancelAnywhere(String runId) {
    try {
      waybill.started().cancel(runId, "cancelled");
    } catch (SchedulerException.NotClaimable e) {
      throw new JobException.NotFound(
          e.state()
              .filter(RunState::isFinished)
              .map(state -> "run " + runId + " has ended already: " + Plain.word(state))
              .orElse(String.valueOf(e.getMessage())));
    }
  }

  /**
   * Stops firing a job by its schedule, as {@link Waybill#pause}.
   *
   * @throws JobException.NotFound if there is no such job
   */
  public void pause(String job) {
    waybill.statuses().scheduled(job).pause(job);
    did("pause", job, Map.of());
  }

  /**
   * Goes on firing a paused job, as {@link Waybill#resume}.
   *
   * @throws JobException.NotFound if there is no such job
   */
  public void resume(String job) {
    waybill.statuses().scheduled(job).resume(job);
    rooms.wakeSources(job);
    rooms.alerts().goesOn(job);
    did("resume", job, Map.of());
  }

  /**
   * Copies the embedded store while it is in use. The row of this act is not in the copy.
   *
   * @throws JobException.Configuration if the store is on a server
   * @throws SchedulerException as {@link io.waybill.scheduler.store.StoreBackup#write}
   */
  public BackupReport backup(BackupTarget target) {
    BackupReport report =
        StoreCare.backup(rooms.store(), waybill.configuration(), target, rooms.clock());
    rooms.audit().append(StoreActs.backup(who, report));
    return report;
  }

  /**
   * Forgets what is known of something that a trigger has found: a file that is still there is a
   * new one then.
   *
   * @throws JobException.AlreadyRunning if a run has it
   */
  public void forget(LedgerItem item) {
    rooms.ledger().forget(item);
    changed("ledger.forget", item);
  }

  /**
   * Has something that a trigger has found be dealt with again, as if nothing were known of it.
   *
   * @throws JobException.AlreadyRunning if a run has it
   */
  public void requeue(LedgerItem item) {
    rooms.ledger().requeue(item);
    changed("ledger.requeue", item);
  }

  private void changed(String action, LedgerItem item) {
    did(action, item.key().job(), Map.of("item", item.key().id(), "name", item.name()));
    rooms.wakeSources(item.key().job());
  }

  /**
   * Makes an entry of the outbox due at once.
   *
   * @throws io.waybill.mail.MailException as {@link io.waybill.mail.outbox.Outbox#retry}
   */
  public OutboxEntry retry(String outboxId) {
    return decided("outbox.retry", rooms.outbox().retry(outboxId));
  }

  /**
   * Gives an entry of the outbox up.
   *
   * @throws io.waybill.mail.MailException as {@link io.waybill.mail.outbox.Outbox#drop}
   */
  public OutboxEntry drop(String outboxId) {
    return decided("outbox.drop", rooms.outbox().drop(outboxId));
  }

  /**
   * Says what became of an entry of the outbox whose fate was unknown.
   *
   * @throws io.waybill.mail.MailException as {@link io.waybill.mail.outbox.Outbox#resolve}
   */
  public OutboxEntry resolve(String outboxId, Resolution as) {
    return decided("outbox.resolve." + Plain.word(as), rooms.outbox().resolve(outboxId, as));
  }

  private OutboxEntry decided(String action, OutboxEntry entry) {
    did(action, entry.id(), Map.of("state", Plain.word(entry.state())));
    return entry;
  }

  private void did(String action, String subject, Map<String, Object> detail) {
    rooms.audit().append(new AuditAct(who, action, subject, Json.write(detail)));
  }
}
