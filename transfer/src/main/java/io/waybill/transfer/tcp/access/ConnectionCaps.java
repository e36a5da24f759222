package io.waybill.transfer.tcp.access;

import io.waybill.transfer.tcp.access.CapReachedException.Cap;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is open at once and refuses more than allowed: 1024 connections in all, 64 before
 * login, 64 from an address (IPv6: from a /64), 64 of a user, 256 sessions.
 *
 * <p>Nothing waits: there is room now, or it fails. What was taken is given back by closing it,
 * once or more often. Memory is bounded by the connections that are open. Thread-safe.
 */
public final class ConnectionCaps {
  private final EnumMap<Cap, Integer> limits;
  private final Map<AddressKey, Integer> byAddress = new HashMap<>();
  private final Map<AddressKey, Integer> strangersByAddress = new HashMap<>();
  private final Map<String, Integer> byUser = new HashMap<>();
  private int connections;
  private int beforeLogin;
  private int sessions;

  private ConnectionCaps(EnumMap<Cap, Integer> limits) {
    this.limits = new EnumMap<>(limits);
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Takes room for a connection that has not logged in yet.
   *
   * @throws CapReachedException if there is none in all, before login or for the address
   */
  public synchronized OpenConnection connect(InetAddress address) throws CapReachedException {
    AddressKey key = AddressKey.of(address);
    refuseAt(Cap.CONNECTIONS, connections);
    refuseAt(Cap.BEFORE_LOGIN, beforeLogin);
    refuseAt(Cap.ADDRESS, byAddress.getOrDefault(key, 0));
    refuseAt(Cap.ADDRESS_BEFORE_LOGIN, strangersByAddress.getOrDefault(key, 0));
    connections++;
    beforeLogin++;
    strangersByAddress.merge(key, 1, Integer::sum);
    byAddress.merge(key, 1, Integer::sum);
    return new OpenConnection(key);
  }

  /**
   * Takes room for a session.
   *
   * @throws CapReachedException if there is none
   */
  public synchronized OpenSession session() throws CapReachedException {
    refuseAt(Cap.SESSIONS, sessions);
    sessions++;
    return new OpenSession();
  }

  /** Returns how many connections are open. */
  public synchronized int connections() {
    return connections;
  }

  /** Returns how many of them have not logged in. */
  public synchronized int beforeLogin() {
    return beforeLogin;
  }

  /** Returns how many sessions are open. */
  public synchronized int sessions() {
    return sessions;
  }

  synchronized int names() {
    return byAddress.size() + strangersByAddress.size() + byUser.size();
  }

  private void refuseAt(Cap cap, int count) throws CapReachedException {
    int limit = limits.getOrDefault(cap, 0);
    if (count >= limit) {
      throw new CapReachedException(cap, limit);
    }
  }

  private static <K> void release(Map<K, Integer> counts, K key) {
    counts.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
  }

  /** Stands for the room that one connection takes. */
  public final class OpenConnection implements AutoCloseable {
    private final AddressKey address;
    private @Nullable String user;
    private boolean closed;

    private OpenConnection(AddressKey address) {
      this.address = address;
    }

    /**
     * Moves the connection from those before login to those of {@code name}.
     *
     * @throws CapReachedException if the user has no room left; the connection stays before login
     * @throws IllegalStateException if it is closed or logged in already
     */
    public void loggedIn(String name) throws CapReachedException {
      synchronized (ConnectionCaps.this) {
        if (closed || user != null) {
          throw new IllegalStateException("the connection is closed or logged in already");
        }
        refuseAt(Cap.USER, byUser.getOrDefault(name, 0));
        byUser.merge(name, 1, Integer::sum);
        user = name;
        beforeLogin--;
        release(strangersByAddress, address);
      }
    }

    @Override
    public void close() {
      synchronized (ConnectionCaps.this) {
        if (closed) {
          return;
        }
        closed = true;
        connections--;
        release(byAddress, address);
        if (user == null) {
          beforeLogin--;
          release(strangersByAddress, address);
        } else {
          release(byUser, user);
        }
      }
    }
  }

  /** Stands for the room that one session takes. */
  public final class OpenSession implements AutoCloseable {
    private boolean closed;

    private OpenSession() {}

    @Override
    public void close() {
      synchronized (ConnectionCaps.this) {
        if (!closed) {
          closed = true;
          sessions--;
        }
      }
    }
  }

  /** Collects the limits. */
  public static final class Builder {
    private final EnumMap<Cap, Integer> limits = new EnumMap<>(Cap.class);

    private Builder() {
      limits.put(Cap.CONNECTIONS, 1024);
      limits.put(Cap.BEFORE_LOGIN, 64);
      limits.put(Cap.ADDRESS, 64);
      limits.put(Cap.ADDRESS_BEFORE_LOGIN, 32); // one cannot keep everybody else out
      limits.put(Cap.USER, 64);
      limits.put(Cap.SESSIONS, 256);
    }

    /** Sets how many of something may be open at once, at least 1. */
    public Builder limit(Cap cap, int most) {
      if (most < 1) {
        throw new IllegalArgumentException("the cap " + cap + " is " + most + "; at least 1");
      }
      limits.put(cap, most);
      return this;
    }

    /** Makes the counters, all at zero. */
    public ConnectionCaps build() {
      return new ConnectionCaps(limits);
    }
  }
}
