package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  private final Transactions transactions;
  private final Owner owner;
  private final boolean exclusive;
  private final InstantSource clock;
  private final Claims claims;
  private final OwnerLease lease;
  private final List<RunWatch> watches = new CopyOnWriteArrayList<>();
  private Duration checkIn = DEFAULT_CHECK_IN;
  private @Nullable Ticker beats;
  private volatile long steadySince;
  private volatile boolean away;

  Membership(
      Transactions transactions,
      Owner owner,
      boolean exclusive,
      InstantSource clock,
      Claims claims) {
    this.transactions = transactions;
    this.owner = owner;
    this.exclusive = exclusive;
    this.clock = clock;
    this.claims = claims;
    this.lease = new OwnerLease(transactions, owner);
  }

  /** Returns whether other owners may live beside this one. */
  public boolean isShared() {
    return !exclusive;
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
    if (exclusive) {
      return;
    }
    requireClock();
    checkIn = period;
    Optional<OwnerLease.Rival> rival = lease.takeName(term());
    if (rival.isPresent()) {
      LOG.info("event=node_name_in_use node={} waiting={}", owner.node(), rival.get().aliveFor());
      Thread.sleep(rival.get().aliveFor().plusMillis(200).toMillis());
      if (lease.takeName(term()).isPresent()) {
        throw new SchedulerException.NodeTaken(owner.node());
      }
    }
    beatFromNowOn();
  }

  /** Makes sure that this owner counts as alive before it holds anything. */
  synchronized void require() {
    if (!exclusive && beats == null) {
      lease.begin(term());
      beatFromNowOn();
    }
  }

  // how long one check-in is good for
  private Duration term() {
    return checkIn.plus(GRACE);
  }

  private void beatFromNowOn() {
    steadySince = System.nanoTime();
    if (beats != null) {
      beats.close();
    }
    beats = new Ticker("waybill-check-in");
    beats.every(checkIn, this::beat);
  }

  private void beat() {
    try {
      if (!lease.renew(term())) {
        steadySince = System.nanoTime();
        LOG.warn("event=lease_lapsed node={}", owner.node());
      }
      away = false;
      hear();
    } catch (RuntimeException e) {
      if (!away) {
        away = true; // told once for each time that it is away
        LOG.warn("event=not_checked_in node={}", owner.node(), e);
      }
    }
  }

  private void hear() {
    List<String> held = List.copyOf(claims.ids()); // before the rows: what is newer is no loss
    Map<String, Run> rows = rowsOfMine();
    for (String id : held) {
      Run row = rows.get(id);
      if (row == null) {
        if (isLost(id)) {
          tellLost(id);
        }
      } else {
        row.ending().ifPresent(why -> tellEnd(id, why));
      }
    }
  }

  private Map<String, Run> rowsOfMine() {
    return transactions.run(
        "looking at the runs of " + owner.node(),
        connection ->
            RunRows.select(
                    connection, "where incarnation = ? and" + RunRows.AT_WORK, owner.incarnation())
                .stream()
                .collect(Collectors.toMap(Run::id, Function.identity())));
  }

  private boolean isLost(String runId) {
    Optional<Run> row = transactions.run("reading run " + runId, c -> RunRows.byId(c, runId));
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
    return exclusive || System.nanoTime() - steadySince >= term().toNanos();
  }

  /**
   * Checks this clock.
   *
   * @throws SchedulerException.ClockSkewed if it is more than two seconds from the store's
   */
  public void requireClock() {
    if (exclusive) {
      return;
    }
    Duration skew = OwnerLease.skew(transactions, clock);
    if (skew.abs().compareTo(MOST_SKEW) > 0) {
      throw new SchedulerException.ClockSkewed(skew);
    }
  }

  /** Returns whether an owner that is not this one counts as alive. */
  static boolean isAlive(Connection connection, Owner other) throws SQLException {
    String sql = "select 1 from wb_owner where incarnation = ? and" + OwnerLease.ALIVE;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, other.incarnation());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Stops checking in; what this owner still holds can be taken over at once. */
  @Override
  public synchronized void close() {
    if (beats != null) {
      stopCheckingIn();
      lease.end();
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
