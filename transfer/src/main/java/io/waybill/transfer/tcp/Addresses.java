package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.LostException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The addresses behind a host's name, in the order to try them. */
final class Addresses {
  static final int MOST = 8;
  private static final Duration LEAST_SHARE = Duration.ofMillis(250);

  private Addresses() {}

  /** Finds the addresses of a name. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String name) throws UnknownHostException;
  }

  /**
   * Looks a name up: the two families in turns, that of the first answer first (RFC 8305 4), eight
   * at most.
   *
   * @throws LostException if the name has no address
   */
  static List<InetAddress> of(String name, Resolver resolver) throws LostException {
    Deque<InetAddress> same = new ArrayDeque<>();
    Deque<InetAddress> other = new ArrayDeque<>();
    try {
      InetAddress[] found = resolver.resolve(name);
      for (InetAddress each : found) {
        boolean isSame = each instanceof Inet6Address == found[0] instanceof Inet6Address;
        (isSame ? same : other).add(each);
      }
    } catch (UnknownHostException e) {
      throw new LostException(
          "the name " + name + " is not known; correct it, or ask who runs the name server", e);
    }
    List<InetAddress> order = new ArrayList<>();
    while (order.size() < MOST && !(same.isEmpty() && other.isEmpty())) {
      Deque<InetAddress> next = same.isEmpty() ? other : same;
      order.add(next.remove());
      Deque<InetAddress> swap = same;
      same = other;
      other = swap;
    }
    return order;
  }

  /** The share of the time that is left for the next of so many addresses, at least 250 ms. */
  static Duration share(Duration left, int addresses) {
    Duration share = left.dividedBy(Math.max(1, addresses));
    return share.compareTo(LEAST_SHARE) < 0 ? LEAST_SHARE : share;
  }
}
