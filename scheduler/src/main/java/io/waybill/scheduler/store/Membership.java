package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one owner counts as alive among those that share a store: it checks in again and again, and
 * hears meanwhile what others decided about its runs. In an exclusive store there are no others,
 * and nothing is written.
 */
public final class Membership implements AutoCloseable {
  /** How often an owner checks in unless said otherwise. */
  public static final Duration DEFAULT_CHECK_IN = Duration.ofSeconds(5);

  /** How far a node's clock may be from the store's. */
  public static final Duration MOST_SKEW = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  // for a slow commit or a pause of the JVM: an owner is taken for dead after its check-in and this
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final Owner owner;
  private final Claims claims;
  private final @Nullable Sharing shared;
  private final List<RunWatch> watches = new CopyOnWriteArrayList<>();
  private Duration checkIn = DEFAULT_CHECK_IN;
  private @Nullable Ticker beats;
  private volatile long steadySince;
  private volatile boolean away;

  private Membership(Owner owner, Claims claims, @Nullable Sharing shared) {
    this.owner = owner;
    this.claims = claims;
    this.shared = shared;
  }

  /** What an owner needs where there are others. */
  private record Sharing(OwnerLease lease, RunRecords records, InstantSource clock) {}

  static Membership shared(
      Transactions transactions, Owner owner, InstantSource clock, Claims claims) {
    OwnerLease lease = new OwnerLease(transactions, owner);
    return new Membership(
        owner, claims, new Sharing(lease, new JdbcRecords(transactions, RunFollower.NONE), clock));
  }

  /** Returns that of the owner of an exclusive store. */
  static Membership alone(Owner owner, Claims claims) {
    return new Membership(owner, claims, null);
  }

  /** Returns whether other owners may live beside this one. */
  public boolean isShared() {
    return shared != null;
  }

  /** Adds who hears of this process's runs. */
  public void watch(RunWatch watch) {
    watches.add(watch);
  }

  /**
   * Joins as the daemon of the owner's name, and checks in from now on. Waits for the lease of a
   * daemon of this name that died just now.
   *
   * @throws SchedulerException.NodeTaken if a live daemon has the name
   * @throws SchedulerException.ClockSkewed if this clock is more than two seconds from the store's
   */
  public synchronized void join(Duration period) throws InterruptedException {
    Sharing sharing = shared;
    if (sharing == null) {
      return;
    }
    requireClock();
    checkIn = period;
    OwnerLease lease = sharing.lease();
    Optional<OwnerLease.Rival> rival = lease.takeName(term());
    if (rival.isPresent()) {
      LOG.info("event=node_name_in_use node={} waiting={}", owner.node(), rival.get().aliveFor());
      Thread.sleep(rival.get().aliveFor().plusMillis(200).toMillis());
      if (lease.takeName(term()).isPresent()) {
        throw new SchedulerException.NodeTaken(owner.node());
      }
    }
    beatFromNowOn(sharing);
  }

  /** Makes sure that this owner counts as alive before it holds anything. */
  void require() {
    if (shared != null) {
      require(shared);
    }
  }

  private synchronized void require(Sharing sharing) {
    if (beats == null) {
      sharing.lease().begin(term());
      beatFromNowOn(sharing);
    }
  }

  // how long one check-in is good for
  private Duration term() {
    return checkIn.plus(GRACE);
  }

  private void beatFromNowOn(Sharing sharing) {
    steadySince = System.nanoTime();
    if (beats != null) {
      beats.close();
    }
    beats = new Ticker("waybill-check-in");
    beats.every(checkIn, () -> beat(sharing));
  }

  private void beat(Sharing sharing) {
    try {
      if (!sharing.lease().renew(term())) {
        steadySince = System.nanoTime();
        LOG.warn("event=lease_lapsed node={}", owner.node());
      }
      away = false;
      hear(sharing.records());
    } catch (RuntimeException e) {
      if (!away) {
        away = true; // told once for each time that it is away
        LOG.warn("event=not_checked_in node={}", owner.node(), e);
      }
    }
  }

  private void hear(RunRecords records) {
    List<String> held = List.copyOf(claims.ids()); // before the rows: what is newer is no loss
    Map<String, Run> rows = rowsOfMine(records);
    for (String id : held) {
      Run row = rows.get(id);
      if (row == null) {
        if (isLost(records, id)) {
          tellLost(id);
        }
      } else {
        row.ending().ifPresent(why -> tellEnd(id, why));
      }
    }
  }

  private Map<String, Run> rowsOfMine(RunRecords records) {
    return records
        .run("looking at the runs of " + owner.node(), rows -> rows.atWorkIn(owner.incarnation()))
        .stream()
        .collect(Collectors.toMap(Run::id, Function.identity()));
  }

  private boolean isLost(RunRecords records, String runId) {
    Optional<Run> row = records.run("reading run " + runId, rows -> rows.byId(runId));
    return claims.contains(runId) && row.flatMap(Run::owner).filter(owner::equals).isEmpty();
  }

  private void tellLost(String runId) {
    LOG.warn("event=run_lost run={} node={}", runId, owner.node());
    watches.forEach(watch -> watch.lost(runId));
  }

  /** Tells those who hear that a run is to end, if it is one of this process. */
  void tellEnd(String runId, String why) {
    if (claims.end(runId, why)) {
      watches.forEach(watch -> watch.endRequested(runId, why));
    }
  }

  /**
   * Returns whether this owner has checked in without a gap for so long that others would have too:
   * only then does it call another one dead. After an outage of the store all leases have run out.
   */
  public boolean isSteady() {
    return shared == null || System.nanoTime() - steadySince >= term().toNanos();
  }

  /**
   * Checks this clock.
   *
   * @throws SchedulerException.ClockSkewed if it is more than two seconds from the store's
   */
  public void requireClock() {
    if (shared == null) {
      return;
    }
    Duration skew = shared.lease().skew(shared.clock());
    if (skew.abs().compareTo(MOST_SKEW) > 0) {
      throw new SchedulerException.ClockSkewed(skew);
    }
  }

  /** Returns whether somebody works on the run: this process, or an owner that counts as alive. */
  boolean isHeld(RunRows rows, Run run) {
    if (run.owner().isEmpty() || !RunRows.isAtWork(run)) {
      return false;
    }
    if (run.owner().get().equals(owner)) {
      return claims.contains(run.id());
    }
    return shared != null && rows.isAlive(run.owner().get());
  }

  /** Stops checking in; what this owner still holds can be taken over at once. */
  @Override
  public synchronized void close() {
    if (shared != null && beats != null) {
      stopCheckingIn();
      shared.lease().end();
    }
  }

  /** As a process that dies does: its lease runs out by itself. */
  synchronized void stopCheckingIn() {
    Ticker beating = beats;
    if (beating != null) {
      beats = null;
      beating.close();
    }
  }
}
