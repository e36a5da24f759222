package io.waybill.transfer.tcp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The hosts that serve the same files, and which to try next. One that could not be reached rests:
 * 1 s, then twice as long each time, at most 60 s; when all rest, all are tried. Safe for use by
 * several threads.
 */
final class Hosts {
  private static final long FIRST_REST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MOST_DOUBLINGS = 6;
  private static final long LONGEST_REST_NANOS = Duration.ofSeconds(60).toNanos();

  private final List<Endpoint> all;
  private final LongSupplier nanoClock;
  private final Map<Endpoint, Rest> rests = new HashMap<>();
  private int first;

  private record Rest(int failures, long until) {}

  /**
   * Sets the hosts up.
   *
   * @param first which one to begin with
   */
  Hosts(List<Endpoint> all, int first, LongSupplier nanoClock) {
    this.all = List.copyOf(all);
    this.first = Math.floorMod(first, all.size());
    this.nanoClock = nanoClock;
  }

  boolean hasSeveral() {
    return all.size() > 1;
  }

  /** The one that is or was used, or will be first. */
  synchronized Endpoint current() {
    return all.get(first);
  }

  /** Which to try, in that order, beginning with the one used last; at least one. */
  synchronized List<Endpoint> toTry() {
    long now = nanoClock.getAsLong();
    List<Endpoint> awake = new ArrayList<>();
    List<Endpoint> resting = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Endpoint each = all.get((first + i) % all.size());
      Rest rest = rests.get(each);
      (rest == null || now - rest.until >= 0 ? awake : resting).add(each);
    }
    if (awake.isEmpty()) {
      resting.sort(Comparator.comparingLong(each -> until(each) - now));
      return resting;
    }
    return awake;
  }

  private long until(Endpoint host) {
    Rest rest = rests.get(host);
    return rest == null ? nanoClock.getAsLong() : rest.until;
  }

  /** It took the login: it is first from now on, as it has what was begun there. */
  synchronized void worked(Endpoint host) {
    rests.remove(host);
    first = all.indexOf(host);
  }

  /** It could not be reached, or wants to be left alone. */
  synchronized void failed(Endpoint host) {
    Rest before = rests.get(host);
    int failures = before == null ? 1 : before.failures + 1;
    long rest = FIRST_REST_NANOS << Math.min(failures - 1, MOST_DOUBLINGS);
    rests.put(host, new Rest(failures, nanoClock.getAsLong() + Math.min(rest, LONGEST_REST_NANOS)));
  }
}
