package io.waybill.jobs.ledger;

import io.waybill.jobs.JobException;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.LedgerItem.State;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.Lease;
import io.waybill.scheduler.store.Leases;
import io.waybill.scheduler.store.RunTables;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Remembers what triggers have found for jobs, and what became of it.
 *
 * <p>An item waits, is given to one run together with that run's row, and is done, failed or set
 * aside together with the end of that run, or of its own steps in an {@code each}: each of these is
 * one transaction, so that no crash loses an item, and none is with two runs. What a process does
 * that watches a source is fenced by its lease on that.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does. Safe for use
 * by many threads.
 */
public final class ItemLedger {
  private static final int SWEPT = 500;

  private final RunTables tables;
  private final Leases leases;
  private final InstantSource clock;

  public ItemLedger(RunTables tables, Leases leases, InstantSource clock) {
    this.tables = tables;
    this.leases = leases;
    this.clock = clock;
  }

  /** Writes down that a source is looked at from now on, unless it is. */
  public void begin(Source source) {
    tables.writing(
        "beginning to watch " + source.name(),
        connection -> {
          new SourceRows(connection).begin(source, clock.instant());
          return true;
        });
  }

  /** Returns what is known of a source. */
  public Optional<SourceState> state(Source source) {
    return tables.reading(connection -> new SourceRows(connection).find(source));
  }

  /** Returns what is known of all sources. */
  public List<SourceState> sources() {
    return tables.reading(connection -> new SourceRows(connection).all());
  }

  /**
   * Writes down what a source's directory is known by.
   *
   * @throws SchedulerException.LeaseLost if another process watches the source by now
   */
  public void directoryIs(Lease lease, Source source, String key) {
    tables.writing(
        "writing down which directory " + source.name() + " is",
        connection -> {
          leases.require(connection, lease);
          new SourceRows(connection).directoryIs(source, key);
          return true;
        });
  }

  /**
   * Writes down what a source has: what is not known waits from now on, in the place of what was
   * there before.
   *
   * @return how many are new
   * @throws SchedulerException.LeaseLost if another process watches the source by now
   */
  public int found(Lease lease, Source source, List<FoundItem> items) {
    return tables.writing(
        "writing down what " + source.name() + " has",
        connection -> {
          leases.require(connection, lease);
          LedgerRows rows = new LedgerRows(connection);
          Instant now = clock.instant();
          int fresh = 0;
          for (FoundItem item : items) {
            Optional<LedgerItem> known = rows.find(source.job(), item.id());
            if (known.isEmpty()) {
              rows.replaced(source, item);
              rows.insert(source, item, now);
              fresh++;
            } else if (!known.get().key().source().equals(source.id())) {
              rows.moveTo(source, item.id());
            }
          }
          if (fresh > 0) {
            new SourceRows(connection).arrived(source, now);
          }
          return fresh;
        });
  }

  /**
   * Returns what a run can be given now: what waits, in its order, and what has failed and is due,
   * which gets half of the places if both want more.
   */
  public List<LedgerItem> ready(Source source, int most) {
    return tables.reading(
        connection -> {
          LedgerRows rows = new LedgerRows(connection);
          List<LedgerItem> waiting = rows.waiting(source, most);
          List<LedgerItem> failed = rows.failedUntil(source, clock.instant(), most);
          int forFailed = Math.min(failed.size(), Math.max(most - waiting.size(), (most + 1) / 2));
          List<LedgerItem> ready = new ArrayList<>(failed.subList(0, forFailed));
          ready.addAll(waiting.subList(0, Math.min(waiting.size(), most - forFailed)));
          return List.copyOf(ready);
        });
  }

  /**
   * Gives items to a new run.
   *
   * @param quarantineAfter after how many failed runs each of them is left alone
   * @param payload of the run's row
   * @return the run, in the queue; empty if one of the items does not wait any more
   * @throws SchedulerException.LeaseLost if another process watches the source by now
   */
  public Optional<Run> give(
      Lease lease, Source source, List<LedgerItem> items, int quarantineAfter, String payload) {
    try {
      return Optional.of(
          tables.writing(
              "giving " + items.size() + " items of " + source.name() + " to a run",
              connection -> {
                leases.require(connection, lease);
                Instant now = clock.instant();
                Run run = tables.enqueue(connection, source.job(), TriggerKind.EVENT, now, payload);
                LedgerRows rows = new LedgerRows(connection);
                for (LedgerItem item : items) {
                  if (!rows.claim(item, run.id(), quarantineAfter, now)) {
                    throw new GoneException();
                  }
                }
                return run;
              }));
    } catch (GoneException e) {
      return Optional.empty();
    }
  }

  /**
   * Gives items to a run that a process carries out by itself.
   *
   * @throws SchedulerException.LeaseLost if another process watches the source by now
   * @throws JobException.AlreadyRunning if one of the items does not wait any more; then it gets
   *     none
   */
  public void giveTo(Run run, Lease lease, List<LedgerItem> items, int quarantineAfter) {
    tables.writing(
        "giving " + items.size() + " items to run " + run.id(),
        connection -> {
          leases.require(connection, lease);
          LedgerRows rows = new LedgerRows(connection);
          for (LedgerItem item : items) {
            if (!rows.claim(item, run.id(), quarantineAfter, clock.instant())) {
              throw new JobException.AlreadyRunning(
                  item.name() + " is with another run, or was dealt with just now");
            }
          }
          return items.size();
        });
  }

  /** An item is not what it was when it was read, so that nothing is written. */
  private static final class GoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GoneException() {
      super("an item does not wait any more", null, false, false);
    }
  }

  /**
   * Makes sure that this process still has a lease.
   *
   * @throws SchedulerException.LeaseLost if it has not
   */
  public void require(Lease lease) {
    tables.writing(
        "looking at the lease " + lease.name(),
        connection -> {
          leases.require(connection, lease);
          return true;
        });
  }

  /** Returns what a run was given, in the order of its source. */
  public List<LedgerItem> ofRun(String runId) {
    return tables.reading(connection -> new LedgerRows(connection).ofRun(runId));
  }

  /**
   * Forgets items that are no longer there, if nobody is at them.
   *
   * @throws SchedulerException.LeaseLost if another process watches the source by now
   */
  public void drop(Lease lease, List<LedgerItem> items) {
    tables.writing(
        "forgetting what is gone",
        connection -> {
          leases.require(connection, lease);
          LedgerRows rows = new LedgerRows(connection);
          for (LedgerItem item : items) {
            rows.delete(item.key().job(), item.key().id());
          }
          return items.size();
        });
  }

  /**
   * Forgets items that were done with before a moment, some hundred at a time.
   *
   * @param isUseless says of each whether nobody will ask for it
   * @throws SchedulerException.LeaseLost if another process watches the source by now
   */
  public void sweep(Lease lease, Source source, Instant until, Predicate<LedgerItem> isUseless) {
    Optional<LedgerItem> last = Optional.empty();
    do {
      Optional<LedgerItem> after = last;
      List<LedgerItem> some =
          tables.reading(
              connection -> new LedgerRows(connection).doneBefore(source, until, after, SWEPT));
      drop(lease, some.stream().filter(isUseless).toList());
      last = some.size() < SWEPT ? Optional.empty() : Optional.of(some.get(SWEPT - 1));
    } while (last.isPresent());
  }

  /**
   * Forgets the sources of a job that it has no more, with what waits for a run of theirs.
   *
   * @return how many items that were
   */
  public int keepSources(String job, List<String> ids) {
    return tables.writing(
        "forgetting sources of " + job,
        connection -> {
          new SourceRows(connection).keep(job, ids);
          return new LedgerRows(connection).deleteOfOtherSources(job, ids);
        });
  }

  /** Returns items of a job, or of all, in some states, those that changed last first. */
  public List<LedgerItem> list(Optional<String> job, List<State> states, int most) {
    return tables.reading(connection -> new LedgerRows(connection).list(job, states, most));
  }

  /**
   * Finds an item.
   *
   * @param id the whole of it, or as much of its beginning as is of one item only
   * @throws JobException.NotFound if there is no such item, or more than one
   */
  public LedgerItem find(String job, String id) {
    List<LedgerItem> found =
        tables.reading(connection -> new LedgerRows(connection).byIdPrefix(job, id));
    if (found.size() != 1) {
      throw new JobException.NotFound(
          found.isEmpty()
              ? "the ledger of job \"%s\" has no item %s".formatted(job, id)
              : "more than one item of job \"%s\" begins with %s; write more of it"
                  .formatted(job, id));
    }
    return found.get(0);
  }

  /**
   * Forgets an item: a file that is still there is then a new one.
   *
   * @throws JobException.AlreadyRunning if a run has it
   */
  public void forget(LedgerItem item) {
    changeFree(
        "forgetting " + item.name(),
        item,
        (rows, sources, now) -> {
          boolean isDeleted = rows.delete(item.key().job(), item.key().id());
          sources.forgotten(item.key().job(), item.key().source(), now);
          return isDeleted;
        });
  }

  /**
   * Has an item dealt with again, as if nothing were known of it.
   *
   * @throws JobException.AlreadyRunning if a run has it
   */
  public void requeue(LedgerItem item) {
    changeFree(
        "putting " + item.name() + " into the queue again",
        item,
        (rows, sources, now) -> rows.requeue(item.key().job(), item.key().id(), now));
  }

  /** Changes a row, if nobody is at it. */
  @FunctionalInterface
  private interface Change {
    boolean make(LedgerRows rows, SourceRows sources, Instant now) throws java.sql.SQLException;
  }

  private void changeFree(String doing, LedgerItem item, Change change) {
    boolean isChanged =
        tables.writing(
            doing,
            connection ->
                change.make(
                    new LedgerRows(connection), new SourceRows(connection), clock.instant()));
    if (!isChanged) {
      throw new JobException.AlreadyRunning(
          "%s is with run %s; cancel that first, or wait for its end"
              .formatted(
                  item.name(),
                  find(item.key().job(), item.key().id()).standing().run().orElse("?")));
    }
  }
}
